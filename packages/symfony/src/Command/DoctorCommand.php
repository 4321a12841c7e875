<?php

declare(strict_types=1);

namespace PhpSse\SseBundle\Command;

use LogicException;
use PhpSse\SseBundle\Mercure\PublicUrl;
use Sse;
use SseException;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Style\SymfonyStyle;
use Symfony\Component\Security\Core\Authorization\AuthorizationCheckerInterface;

/**
 * What Sse::doctor() says on the command line, and whether what the console publishes reaches a hub, by trying. How
 * a server serves streams only the server can say: the profiler's panel shows it.
 */
#[AsCommand(
    name: 'sse:doctor',
    description: 'Says what stands between the application and its event streams, and what to change',
)]
final class DoctorCommand extends Command
{
    public function __construct(
        private readonly ?PublicUrl $publicUrl = null,
        private readonly ?AuthorizationCheckerInterface $voters = null,
    ) {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $style = new SymfonyStyle($input, $output);
        if (null !== $missing = Extension::missing()) {
            $style->error($missing);

            return Command::FAILURE;
        }
        [$problems, $published] = $this->tryToPublish();
        [$problems, $mercure] = $this->mercure($problems);
        $doctor = Sse::doctor();
        $problems = [...$problems, ...$doctor['advice']];
        $style->table([], Rows::of([
            'extension' => (string) phpversion('sse'),
            'hub' => $doctor['hub'],
            'publishing' => $published,
            'subscribing' => $mercure,
            'private updates' => null === $this->voters
                ? 'by token only: there is no symfony/security-bundle'
                : 'by voters on SSE_SUBSCRIBE',
        ]));
        if ($problems) {
            $style->listing($problems);

            return Command::FAILURE;
        }
        $style->success(
            'From here, all is well. How your server serves streams: look at the Sse panel of a stream in the profiler.',
        );

        return Command::SUCCESS;
    }

    /** @return array{list<string>, string} */
    private function tryToPublish(): array
    {
        try {
            return [[], 'works: ' . Sse::publish('sse:doctor', 'tried by sse:doctor')];
        } catch (SseException $exception) {
            return [[$exception->getMessage()], 'fails'];
        }
    }

    /**
     * @param list<string> $problems
     *
     * @return array{list<string>, string}
     */
    private function mercure(array $problems): array
    {
        if (null === $this->publicUrl) {
            return [$problems, 'by controllers of yours (sse.mercure is off)'];
        }
        try {
            return [$problems, $this->publicUrl->get()];
        } catch (LogicException $exception) {
            return [[...$problems, $exception->getMessage()], 'nowhere'];
        }
    }
}
