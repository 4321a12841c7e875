<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Command;

use Sse;
use SseException;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Style\SymfonyStyle;

#[AsCommand(name: 'sse:status', description: 'Shows how the hub is: its streams, topics, events and memory')]
final class StatusCommand extends Command
{
    protected function configure(): void
    {
        $this->addOption('json', null, InputOption::VALUE_NONE, 'Print it as JSON');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $style = new SymfonyStyle($input, $output);
        try {
            $problem = Extension::missing();
            $status = null === $problem ? Sse::status() : [];
        } catch (SseException $exception) {
            $problem = $exception->getMessage();
        }
        if (null !== $problem) {
            $style->error($problem);

            return Command::FAILURE;
        }
        if ($input->getOption('json')) {
            $output->writeln((string) json_encode($status, \JSON_PRETTY_PRINT | \JSON_UNESCAPED_SLASHES));
        } elseif (!$status['running']) {
            $style->writeln('No hub is running. It is started when something is published or subscribed to.');
        } else {
            $style->table([], Rows::of($status));
        }

        return Command::SUCCESS;
    }
}
