<?php

namespace Hhxsv5\SSE;

/** The source of a stream in programs of 1.x: a callback, and how often it is asked. */
class Update
{
    /** @var callable(): mixed */
    protected $updateCallback;

    /** @var int|float seconds */
    protected $checkInterval;

    /**
     * @param callable(): mixed $updateCallback what it returns is sent; false: nothing is new
     * @param int|float $checkInterval seconds
     */
    public function __construct(callable $updateCallback, $checkInterval = 3)
    {
        $this->updateCallback = $updateCallback;
        $this->checkInterval = $checkInterval;
    }

    /** @return int|float seconds */
    public function getCheckInterval()
    {
        return $this->checkInterval;
    }

    /** @return mixed what is to be sent; false: nothing is new */
    public function getUpdatedData()
    {
        return ($this->updateCallback)();
    }
}
