<?php

/**
 * An event made by the algorithm of Symfony's ServerEvent, as it is since it splits data into lines: a
 * generator of the head, then each line of the data, then the empty line. Here to be compared with.
 *
 * @implements IteratorAggregate<string>
 */
final class LineByLine implements IteratorAggregate
{
    public function __construct(
        private string $data,
        private ?string $type = null,
        private ?int $retry = null,
        private ?string $id = null,
        private ?string $comment = null
    ) {}

    public function getIterator(): Traversable
    {
        $head = '';
        if ($this->comment !== null) {
            $head .= sprintf(': %s', $this->comment) . "\n";
        }
        if ($this->id !== null) {
            $head .= sprintf('id: %s', $this->id) . "\n";
        }
        if ($this->retry !== null) {
            $head .= sprintf('retry: %s', $this->retry) . "\n";
        }
        if ($this->type !== null) {
            $head .= sprintf('event: %s', $this->type) . "\n";
        }
        yield $head;

        foreach (preg_split('/\r\n|\r|\n/', $this->data) as $line) {
            yield sprintf('data: %s', $line) . "\n";
        }

        yield "\n";
    }
}
