<?php
/** @var string $nonce of the content security policy */
?>
<!doctype html>
<html lang="en">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Do events arrive as they are sent?</title>
    <style nonce="<?= $nonce ?>"><?php readfile(__DIR__ . '/doctor.css') ?></style>
</head>
<body>
<main>
    <h1>Do events arrive as they are sent?</h1>
    <p id="verdict" role="status">Measuring: a few events, a quarter of a second apart …</p>
    <noscript><p>Without JavaScript this page cannot measure. <code>curl</code> can ask for <code>&amp;json</code>.</p></noscript>

    <section id="culprits" hidden>
        <h2>To be changed</h2>
        <ul></ul>
    </section>
    <section id="withoutExtension" hidden>
        <h2>Streams without the extension are held by</h2>
        <ul></ul>
    </section>
    <section id="unknown" hidden>
        <h2>Could not be found out</h2>
        <ul></ul>
    </section>

    <form id="silence">
        <label>How long may a stream be silent? Try
            <input name="seconds" type="number" min="1" max="120" value="70"> seconds</label>
        <button>Try it</button>
    </form>

    <details>
        <summary>What was measured, and what Sse::doctor() says</summary>
        <pre id="answer"></pre>
    </details>
    <p class="hint">Remove doctor.php and doctor/ when you are done. A day after doctor.php was written it answers nobody.</p>
</main>
<script type="module" nonce="<?= $nonce ?>"><?php readfile(__DIR__ . '/doctor.js') ?></script>
</body>
</html>
