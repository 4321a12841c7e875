<?php
$sse = Sse::start();
while ($sse->wait(1)) {
    $sse->send(date('H:i:s'));
}
