<?php

declare(strict_types=1);

namespace App;

use PhpSse\SseBundle\EventStreamResponse;
use PhpSse\SseBundle\Publisher;
use PhpSse\SseBundle\SseResponse;
use Sse;
use Symfony\Bundle\MercureBundle\MercureBundle;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\ServerEvent;
use Symfony\Component\Mercure\HubInterface;
use Symfony\Component\Mercure\HubRegistry;
use Symfony\Component\Mercure\Update;
use Symfony\Component\Messenger\MessageBusInterface;
use Twig\Environment;

/** Pages of the application, each at its method's name. */
final class Controller
{
    /** What an application has that publishes to a Mercure hub. */
    public function publish(Request $request, HubInterface $hub): Response
    {
        return new Response($hub->publish(self::update($request)));
    }

    /** A topic of the application's that its own controllers guard. */
    public function publish_elsewhere(Request $request, Publisher $publisher): Response
    {
        return new Response($publisher->publish((string) $request->query->get('topic'), 'guarded'));
    }

    public function dispatch(Request $request, MessageBusInterface $bus): Response
    {
        $bus->dispatch(self::update($request));

        return new Response('dispatched');
    }

    public function page(Request $request, Environment $twig): Response
    {
        return new Response($twig->render('page.html.twig', ['since' => $request->query->get('since', '')]));
    }

    public function discovery(HubRegistry $hubs): Response
    {
        return new Response($hubs->getHub('default')->getPublicUrl());
    }

    public function private_page(Environment $twig): Response
    {
        return new Response($twig->render('private_page.html.twig'));
    }

    /** A token as an application signs them for Mercure. */
    public function token(Request $request): Response
    {
        $claims = json_decode((string) $request->query->get('claims'), true);
        if ($request->query->has('seconds')) {
            $claims['exp'] = time() + $request->query->getInt('seconds');
        }
        $encode = fn (string $bytes) => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
        $signed = $encode('{"typ":"JWT","alg":"HS256"}') . '.' . $encode((string) json_encode($claims));

        return new Response("$signed." . $encode(hash_hmac('sha256', $signed, Kernel::SECRET, true)));
    }

    public function has_mercure_bundle(): Response
    {
        return new Response(class_exists(MercureBundle::class) ? 'yes' : 'no');
    }

    public function has_event_stream_response(): Response
    {
        return new Response(class_exists(ServerEvent::class) ? 'yes' : 'no');
    }

    public function countdown(): Response
    {
        $left = 3;
        $source = function (Sse $sse) use (&$left) {
            return $left > 0 ? $left-- : $sse->close('lift-off', event: 'end');
        };

        return new SseResponse($source, interval: 0.01, retry: 2500, headers: ['X-Made-By' => 'hand']);
    }

    public function unchanged(): Response
    {
        return new SseResponse([1, 1, '1', 2, 2], changes: true);
    }

    public function since(): Response
    {
        return new SseResponse(fn (Sse $sse) => $sse->close($sse->lastEventId ?? 'nothing'));
    }

    public function fails(): Response
    {
        return new SseResponse(fn () => throw new \RuntimeException('thrown by the source'));
    }

    public function follow(): Response
    {
        return SseResponse::subscribe(['news', 'weather']);
    }

    /** @param class-string<Response> $class Symfony's class, or the bundle's of the same name */
    public static function eventStream(string $class): Response
    {
        return new $class(function ($response) {
            $response->sendEvent(new ServerEvent("two\nlines", type: 'greeting', id: '1'));
            yield new ServerEvent(['a line', 'another'], comment: 'halfway');
            yield new ServerEvent('last');
        });
    }

    public function event_stream(): Response
    {
        return self::eventStream(EventStreamResponse::class);
    }

    public function symfonys_event_stream(): Response
    {
        return self::eventStream(\Symfony\Component\HttpFoundation\EventStreamResponse::class);
    }

    private static function update(Request $request): Update
    {
        $query = $request->query;

        return new Update(
            explode('|', $query->get('topics', '')),
            $query->get('data', ''),
            $query->getBoolean('private'),
            $query->get('id'),
            $query->get('type'),
            $query->has('retry') ? $query->getInt('retry') : null,
        );
    }
}
