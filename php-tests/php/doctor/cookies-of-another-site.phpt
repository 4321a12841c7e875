--TEST--
doctor() tells of a page of another site that sent no cookie
--FILE--
<?php
require __DIR__ . '/../../support/process.inc';

$ask = '<?php echo count(preg_grep("/session.cookie_samesite = None/", Sse::doctor()["advice"])), "\n";';
foreach ([
    ['HTTP_SEC_FETCH_SITE' => 'cross-site'],
    ['HTTP_SEC_FETCH_SITE' => 'cross-site', 'HTTP_COOKIE' => 'a=b'],
    ['HTTP_SEC_FETCH_SITE' => 'same-site'],
    [],
] as $variables) {
    echo request($ask, $variables)->body;
}
?>
--EXPECT--
1
0
0
0
