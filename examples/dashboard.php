<?php

/*
 * A live dashboard: the hub's own numbers, which worker.php publishes once a second.
 *
 *     curl -N http://127.0.0.1:8080/dashboard.php
 */

Sse::start(retry: 2000)->subscribe('dashboard');
