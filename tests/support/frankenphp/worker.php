<?php
// Worker mode: one script answers one request after the other. It runs what the request asks for, as a
// front controller does.
$serve = static function (): void {
    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    require $_SERVER['DOCUMENT_ROOT'] . $path;
};
while (frankenphp_handle_request($serve)) {
    gc_collect_cycles();
}
