<?php

namespace Doctor;

/** What lies between the web server and the client. */
final class Proxy
{
    /** `$near`: how the stream arrives at the web server, where that is known. */
    public static function finding(Measurement $client, ?Measurement $near): Finding
    {
        $name = Server::ofProxy($client, $near);
        if ($client->isEncoded() && $near !== null && !$near->isEncoded()) {
            $what = 'It compresses the stream, and waits for more to compress.';

            return new Finding($name === null ? 'compressing proxy' : "$name compression", 'proxy', $what, $name);
        }
        if ($name !== null) {
            $what = 'It holds back what it gets from the web server.';
            $hidden = $name === 'nginx' && Server::ofPhp() === 'nginx'
                ? ' An nginx takes X-Accel-Buffering for itself, and hides it from the one in front:'
                . ' set fastcgi_pass_header X-Accel-Buffering in the inner one, or proxy_http_version 1.1 in the outer.'
                : '';

            return new Finding($name, 'proxy', $what . $hidden, $name);
        }
        if ($client->state() === 'late') {
            $what = 'It passes each event on later, as HAProxy does without option http-no-delay.';

            return new Finding('proxy delay', 'proxy', $what, 'HAProxy');
        }
        if ($client->fact('oldProtocol') === true) {
            $what = 'It speaks HTTP/1.0 to the web server, and waits for the end of the response.';

            return new Finding('HTTP/1.0 proxy', 'proxy', $what);
        }

        return new Finding('proxy', 'proxy', 'It holds back what it gets from the web server; it does not say its name.');
    }
}
