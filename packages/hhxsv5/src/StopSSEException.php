<?php

namespace Hhxsv5\SSE;

/** Thrown by a callback: the stream ends, and the browser comes back after its reconnection time. */
class StopSSEException extends \Exception
{
}
