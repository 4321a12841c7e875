<?php

/*
 * What becomes of a customer's orders, told by a queue worker (worker.php). In your application the
 * topic names the user who is logged in; never one that the client has named.
 *
 *     curl -N http://127.0.0.1:8080/orders.php
 *     curl -X POST http://127.0.0.1:8080/order.php
 */

Sse::start(retry: 2000, limitKey: 'customer:demo', limit: 20)->subscribe('orders.demo');
