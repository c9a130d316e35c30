<?php
// Connecting a site to Veilleur: send a comment, check a decision. Needs no library.
//
//     SITE_SECRET=whsec_... VEILLEUR_URL=http://127.0.0.1:8080 php connect_a_site.php

/** Standard Webhooks: base64 of HMAC-SHA256 over "id.timestamp.body"; the key is base64 after whsec_. */
function veilleur_sign(string $secret, string $id, int $timestamp, string $body): string
{
    $key = base64_decode(substr($secret, strlen('whsec_')));
    return 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
}

/** Send the same event with the same id until you get an answer: it counts once. */
function veilleur_send(array $event, string $id): array
{
    $body = json_encode($event);
    $now = time();
    $signature = veilleur_sign(getenv('SITE_SECRET'), $id, $now, $body);
    $headers = "Content-Type: application/json\r\nwebhook-id: $id\r\n"
        . "webhook-timestamp: $now\r\nwebhook-signature: $signature\r\n";
    $http = ['method' => 'POST', 'header' => $headers, 'content' => $body, 'timeout' => 15];
    $url = getenv('VEILLEUR_URL') . '/v1/comments';
    return json_decode(file_get_contents($url, false, stream_context_create(['http' => $http])), true);
}

/** What your callback address got: true when Veilleur sent it within the last five minutes. */
function veilleur_is_genuine(string $secret, string $id, int $timestamp, string $body, string $signatures): bool
{
    $expected = veilleur_sign($secret, $id, $timestamp, $body);
    foreach (explode(' ', $signatures) as $given) {
        if (hash_equals($expected, $given)) {
            return abs(time() - $timestamp) <= 300;
        }
    }
    return false;
}

// A worked example, for checking another implementation:
//   secret     whsec_TWFyY2VsIHRpZW50IGxlIGtpb3NxdWUu
//   id         msg_1
//   timestamp  1795420800
//   body       {"type":"ping"}
//   signature  v1,KA+Wjq4IP4vcME4PahTc69hAXEeNbU6GEzJefn784tA=

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    $comment = [
        'id' => 'c-1',
        'text' => 'Merci pour cet article.',
        'author' => ['id' => 'u-1', 'name' => 'Camille'],
        'story' => ['id' => 'a-1', 'title' => 'Le dernier kiosque'],
    ];
    $stored = veilleur_send(['type' => 'comment.created', 'data' => $comment], 'c-1-created');
    echo $stored['comment'], ' ', $stored['state'], "\n";
}
