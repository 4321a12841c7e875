--TEST--
The stub says exactly what reflection does
--FILE--
<?php
require __DIR__ . '/support/signatures.inc';

/** Declares what the stub declares, in a namespace of its own. */
function load_stub(string $path): void
{
    eval('namespace Stub; use RuntimeException, Stringable; ?>' . file_get_contents($path));
}

$before = get_declared_classes();
load_stub(__DIR__ . '/../stubs/sse.stub.php');
$declared = array_diff(get_declared_classes(), $before);
$stub = signatures(array_map(fn ($name) => new ReflectionClass($name), $declared), 'Stub\\');

$extension = new ReflectionExtension('sse');
$native = signatures(array_values($extension->getClasses()));

echo "classes: ", count($declared), "\n";
echo "functions: ", count($extension->getFunctions()), "\n";
echo "constants: ", count($extension->getConstants()), "\n";
echo "in the stub only: ", json_encode(array_values(array_diff($stub, $native)), JSON_PRETTY_PRINT), "\n";
echo "in reflection only: ", json_encode(array_values(array_diff($native, $stub)), JSON_PRETTY_PRINT), "\n";
echo "the same lines, as often: ", var_export($stub === $native, true), "\n";
?>
--EXPECT--
classes: 6
functions: 0
constants: 0
in the stub only: []
in reflection only: []
the same lines, as often: true
