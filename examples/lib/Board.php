<?php

/** A board of quotes that move by chance, a few at a time; as HTML, all of it each time. */
final class Board
{
    private const QUOTES = 96;

    /** @var array<string, array{price: float, opened: float}> */
    private array $quotes = [];

    /** @var array<string, true> those that have just moved */
    private array $moved = [];

    public function __construct()
    {
        while (count($this->quotes) < self::QUOTES) {
            $symbol = implode('', array_map(fn () => chr(random_int(ord('A'), ord('Z'))), range(1, 4)));
            $price = random_int(1_000, 90_000) / 100;
            $this->quotes[$symbol] = ['price' => $price, 'opened' => $price];
        }
    }

    public function trade(): void
    {
        $this->moved = [];
        foreach ((array) array_rand($this->quotes, 4) as $symbol) {
            $this->moved[$symbol] = true;
            $quote = &$this->quotes[$symbol];
            $quote['price'] = round($quote['price'] * (1 + random_int(-120, 120) / 10_000), 2);
        }
    }

    public function html(): string
    {
        $html = '';
        foreach ($this->quotes as $symbol => ['price' => $price, 'opened' => $opened]) {
            $change = 100 * ($price / $opened - 1);
            $class = [$change < 0 ? 'down' : 'up', 'level-' . min(3, (int) ceil(abs($change)))];
            if (isset($this->moved[$symbol])) {
                $class[] = 'moved';
            }
            $html .= sprintf(
                '<li class="%s"><b>%s</b><span>%.2f</span><em>%+.1f %%</em></li>',
                implode(' ', $class),
                $symbol,
                $price,
                $change,
            );
        }

        return $html;
    }
}
