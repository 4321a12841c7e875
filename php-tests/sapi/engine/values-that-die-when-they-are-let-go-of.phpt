--TEST--
Values whose end throws, exits or is fatal may be let go of anywhere
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$ends = ['throw new LogicException("thrown");', 'exit(3);', 'trigger_error("x", E_USER_ERROR);'];
$codes = [
    'Sse::stream(fn () => new Dies(), interval: 0);',
    'Sse::stream(fn () => [1, new Dies()], interval: 0);',
    'Sse::stream((function () { yield 1; yield new Dies(); yield 2; })());',
    'Sse::stream(new DyingIterator([1, 2]));',
    'Sse::start()->sendMany((function () { yield 1; yield new Dies(); })());',
    'Sse::start()->sendMany(new DyingIterator([1, 2]));',
    'Sse::start()->sendMany(new Aggregate());',
    'Sse::start()->send(new Json());',
    'Sse::start()->send(new Symfony\Component\HttpFoundation\ServerEvent());',
    // Callables that are held by nobody else.
    'Sse::stream(new Source());',
    'Sse::start()->onClose([new Dies(), "answer"])->close();',
];
$classes = <<<'PHP'
    <?php
    namespace Symfony\Component\HttpFoundation { class ServerEvent { function getData() { return new \DyingIterator(['x']); } function getType() {} function getId() {} function getRetry() {} function getComment() {} } }
    namespace {
    class Dies { public $self; function __construct(private bool $dies = true) {} function __destruct() { if ($this->dies) { echo '[dies]'; dies(); } } function answer() { return 1; } }
    class DyingIterator extends ArrayIterator { function __destruct() { echo '[dies]'; dies(); } }
    class Aggregate implements IteratorAggregate { function getIterator(): Iterator { return new DyingIterator([1]); } }
    class Json implements JsonSerializable { function jsonSerialize(): mixed { return new Dies(); } }
    class Source extends Dies { private int $count = 0; function __invoke(Sse $sse) { return ++$this->count < 3 ? 'event' : $sse->close(); } }
    $shared = new stdClass();
    register_shutdown_function(fn () => print('[shutdown]'));
    PHP;
foreach ($ends as $end) {
    echo "$end\n";
    foreach ($codes as $code) {
        $close = 'Sse::current()?->onClose(fn ($reason) => print("[$reason->name]"));';
        command("$classes function dies() { static \$died; if (!\$died) { \$died = true; $close $end } } $code echo '[went on]'; }", ['display_errors' => '0']);
    }
}
?>
--EXPECT--
throw new LogicException("thrown");
":\ndata: {\"self\":null}\n\n[dies][Closed][shutdown]"
exit status: 255
":\ndata: [1,{\"self\":null}]\n\n[dies][Closed][shutdown]"
exit status: 255
":\ndata: 1\n\ndata: {\"self\":null}\n\n[dies][Closed][shutdown]"
exit status: 255
":\ndata: 1\n\ndata: 2\n\n[dies][Closed][shutdown]"
exit status: 255
":\ndata: 1\n\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 255
":\ndata: 1\n\ndata: 2\n\n[dies][shutdown][Closed]"
exit status: 255
":\n[dies][shutdown][Closed]"
exit status: 255
":\n[dies][shutdown][Closed]"
exit status: 255
":\n[dies]\n\ndata: x\n\n[shutdown][Closed]"
exit status: 255
":\ndata: event\n\ndata: event\n\n[dies][Closed][shutdown]"
exit status: 255
":\n[dies][Closed][shutdown]"
exit status: 255
exit(3);
":\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 3
":\ndata: [1,{\"self\":null}]\n\n[dies][shutdown][Closed]"
exit status: 3
":\ndata: 1\n\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 3
":\ndata: 1\n\ndata: 2\n\n[dies][Closed][shutdown]"
exit status: 3
":\ndata: 1\n\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 3
":\ndata: 1\n\ndata: 2\n\n[dies][shutdown][Closed]"
exit status: 3
":\n[dies][shutdown][Closed]"
exit status: 3
":\n[dies][shutdown][Closed]"
exit status: 3
":\n[dies]\n\ndata: x\n\n[shutdown][Closed]"
exit status: 3
":\ndata: event\n\ndata: event\n\n[dies][Closed][shutdown]"
exit status: 3
":\n[dies][Closed][shutdown]"
exit status: 3
trigger_error("x", E_USER_ERROR);
":\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 255
":\ndata: [1,{\"self\":null}]\n\n[dies][shutdown][Closed]"
exit status: 255
":\ndata: 1\n\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 255
":\ndata: 1\n\ndata: 2\n\n[dies][Closed][shutdown]"
exit status: 255
":\ndata: 1\n\ndata: {\"self\":null}\n\n[dies][shutdown][Closed]"
exit status: 255
":\ndata: 1\n\ndata: 2\n\n[dies][shutdown][Closed]"
exit status: 255
":\n[dies][shutdown][Closed]"
exit status: 255
":\n[dies][shutdown][Closed]"
exit status: 255
":\n[dies][shutdown][Closed]"
exit status: 255
":\ndata: event\n\ndata: event\n\n[dies][Closed][shutdown]"
exit status: 255
":\n[dies][Closed][shutdown]"
exit status: 255
