<?php

/** What the reader of the page about Mercure has already: it publishes a private update, and then a public one. */

namespace App\Controller;

use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Mercure\HubInterface;
use Symfony\Component\Mercure\Update;
use Symfony\Component\Routing\Attribute\Route;

class UpdateController extends AbstractController
{
    #[Route('/update', methods: ['POST'])]
    public function update(Request $request, HubInterface $hub): Response
    {
        $hub->publish(new Update($request->getContent(), 'private', true));
        $hub->publish(new Update($request->getContent(), 'public'));

        return new Response('published');
    }
}
