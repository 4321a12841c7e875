<?php

/*
 * Do events arrive in the browser as they are sent, and if not, who holds them? This page measures it: from
 * the browser, and from the server itself, right at the web server in front of PHP. What arrives there and
 * not in the browser is held by a proxy between the two.
 *
 * Copy doctor.php and the folder doctor/ to the server, set a token below, and ask:
 *
 *     https://example.org/doctor.php?token=...              a page, which measures in the browser
 *     curl 'https://example.org/doctor.php?token=...&json'  JSON, as measured from the server itself
 *     php doctor.php 'https://example.org/doctor.php?token=...'   JSON, as measured from where you are
 *
 * Take both away when you are done. So that nobody forgets them, a day after doctor.php was written it
 * answers nobody; touch it to go on.
 */

/** Who may ask: whoever knows this. 16 characters or more: php -r 'echo bin2hex(random_bytes(16));' */
const DOCTOR_TOKEN = '';

require __DIR__ . '/doctor/load.php';

if (PHP_SAPI === 'cli') {
    exit(Doctor\CommandLine::run($argv));
}
Doctor\Access::check(DOCTOR_TOKEN, __FILE__);
Doctor\Site::answer();
