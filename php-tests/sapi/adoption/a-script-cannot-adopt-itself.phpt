--TEST--
sse.adopt belongs to php.ini and .user.ini
--FILE--
<?php
require __DIR__ . '/../../support/observe.inc';

observe(fn () => ini_set('sse.adopt', '1'));
observe(fn () => ini_get('sse.adopt'));
?>
--EXPECT--
returned false
returned "0"
