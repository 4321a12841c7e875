<?php

/*
 * Prints the reference of the API from the docblocks of a stub: php -n api-reference.php stubs/sse.stub.php
 *
 * The stub declares what the extension has, so it runs without the extension. A class becomes a section, with a
 * table of its methods; each method a section below it.
 */

declare(strict_types=1);

/** A docblock in Markdown, and what its tags say. */
final class DocBlock
{
    public readonly string $text;

    /** @var array<string, list<string>> by tag, each with its text in one line */
    public readonly array $tags;

    public function __construct(string|false $comment)
    {
        $lines = preg_split('/\R/', (string) preg_replace(['~^/\*\*[ ]?|\s*\*/$~', '~^\h*\*\h?~m'], '', (string) $comment));
        $text = [];
        $tags = [];
        $tag = null;
        foreach ($lines as $line) {
            if (preg_match('/^@(\w+)\s+(.*)/', $line, $found) === 1) {
                $tag = $found[1];
                $tags[$tag][] = $found[2];
            } elseif ($tag !== null && trim($line) !== '') {
                $tags[$tag][array_key_last($tags[$tag])] .= ' ' . trim($line);
            } else {
                $text[] = $line;
            }
        }
        $this->text = with_fences(trim(implode("\n", $text), "\n"));
        $this->tags = $tags;
    }

    /** The first sentence. */
    public function summary(): string
    {
        $paragraph = str_replace("\n", ' ', explode("\n\n", $this->text)[0]);

        return preg_match('/^.*?[.:](?= [A-Z`]|$)/', $paragraph, $found) === 1 ? rtrim($found[0], '.:') : $paragraph;
    }
}

/** Code that stands indented in a docblock, as fenced blocks. */
function with_fences(string $text): string
{
    return (string) preg_replace_callback(
        '/(?:^ {4}.*\n?|^\n(?= {4}))+/m',
        fn (array $block) => "\n```php skip=sketch\n" . trim((string) preg_replace('/^ {4}/m', '', $block[0]), "\n") . "\n```\n",
        $text,
    );
}

/** The line of a declaration in the stub, up to its body. */
function signature(ReflectionMethod $method, array $lines): string
{
    $declared = array_slice($lines, $method->getStartLine() - 1, $method->getEndLine() - $method->getStartLine() + 1);
    $declared = array_map(fn (string $line) => preg_replace('/^ {4}/', '', $line), $declared);

    return (string) preg_replace('/\s*\{\}\s*$/', ';', implode("\n", $declared));
}

/** A name as people write it: Sse::start() is static, $sse->send() is not. */
function spoken(ReflectionMethod $method): string
{
    $class = $method->getDeclaringClass()->getName();
    if ($method->isConstructor()) {
        return "new $class()";
    }
    $variable = '$' . lcfirst((string) preg_replace('/^Sse(?=.)/', '', $class));

    return ($method->isStatic() ? "$class::" : "$variable->") . $method->getName() . '()';
}

/** As GitHub makes anchors. */
function anchor(string $heading): string
{
    return str_replace(' ', '-', (string) preg_replace('/[^a-z0-9 _-]/', '', strtolower($heading)));
}

/** Arguments, result and exceptions, as lists. */
function tags(DocBlock $doc): string
{
    $lines = [];
    foreach ($doc->tags['param'] ?? [] as $param) {
        preg_match('/^(.+?)\s+\$(\w+)\s*(.*)$/', $param, $found);
        $lines[] = "- `\$$found[2]` (`$found[1]`)" . ($found[3] === '' ? '' : ": $found[3]");
    }
    foreach (['return' => 'Returns', 'throws' => 'Throws'] as $tag => $word) {
        foreach ($doc->tags[$tag] ?? [] as $said) {
            preg_match('/^((?:[^\s<{]|<[^>]*>|\{[^}]*\})+)\s*(.*)$/', $said, $found);
            $lines[] = "- $word `$found[1]`" . ($found[2] === '' ? '' : ": $found[2]");
        }
    }

    return $lines === [] ? '' : implode("\n", $lines) . "\n\n";
}

function method(ReflectionMethod $method, array $lines): string
{
    $doc = new DocBlock($method->getDocComment());
    $text = $doc->text === '' ? '' : "$doc->text\n\n";

    return '### ' . spoken($method) . "\n\n```php skip=signature\n" . signature($method, $lines) . "\n```\n\n" . $text . tags($doc);
}

function properties(ReflectionClass $class): string
{
    $printed = '';
    foreach ($class->getProperties(ReflectionProperty::IS_PUBLIC) as $property) {
        if ($property->getDeclaringClass()->getName() !== $class->getName() || $class->isEnum()) {
            continue;
        }
        $doc = (new DocBlock($property->getDocComment()))->text;
        $doc = str_replace("\n", ' ', str_replace("\n\n", ' ', $doc));
        $printed .= "| `\${$property->getName()}` | `{$property->getType()}` | $doc |\n";
    }

    return $printed === '' ? '' : "| Property, read-only | Type | |\n|---|---|---|\n$printed\n";
}

function cases(ReflectionClass $class): string
{
    if (!$class->isEnum()) {
        return '';
    }
    $printed = "| Case | Value | |\n|---|---|---|\n";
    foreach ((new ReflectionEnum($class->getName()))->getCases() as $case) {
        $doc = (new DocBlock($case->getDocComment()))->text;
        $printed .= "| `{$case->getName()}` | `{$case->getBackingValue()}` | $doc |\n";
    }

    return "$printed\n";
}

function section(ReflectionClass $class, array $lines): string
{
    $doc = new DocBlock($class->getDocComment());
    $own = fn (ReflectionMethod $method) => $method->isPublic() && $method->getDeclaringClass() == $class && $method->isUserDefined();
    $methods = array_filter($class->getMethods(), $own);
    $index = '';
    foreach ($methods as $method) {
        $name = spoken($method);
        $index .= "| [`$name`](#" . anchor($name) . ') | ' . (new DocBlock($method->getDocComment()))->summary() . " |\n";
    }
    $index = $index === '' ? '' : "| | |\n|---|---|\n$index\n";
    $parent = $class->getParentClass();
    $kind = $parent === false ? '' : "Extends `{$parent->getName()}`.\n\n";

    return "## {$class->getName()}\n\n$doc->text\n\n$kind" . properties($class) . cases($class) . $index
        . implode('', array_map(fn (ReflectionMethod $method) => method($method, $lines), $methods));
}

$stub = $argv[1];
$before = get_declared_classes();
require $stub;
$classes = array_map(fn (string $name) => new ReflectionClass($name), array_diff(get_declared_classes(), $before));
$classes = array_filter($classes, fn (ReflectionClass $class) => $class->getFileName() === realpath($stub));
usort($classes, fn (ReflectionClass $a, ReflectionClass $b) => $a->getStartLine() <=> $b->getStartLine());
$lines = file($stub, FILE_IGNORE_NEW_LINES);
echo implode('', array_map(fn (ReflectionClass $class) => section($class, $lines), $classes));
