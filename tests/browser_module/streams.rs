//! One stream on a page.

use serde_json::json;
use server_tests::browser::Kind;
use server_tests::in_each_browser;
use server_tests::patience::soon;

use crate::scene::{Scene, numbers};

in_each_browser![
    topics_come_and_go_without_loss_or_repeat,
    a_page_that_is_reloaded_or_hidden_goes_on_where_it_was,
    an_answer_to_a_post_is_read_to_its_end,
];

fn topics_come_and_go_without_loss_or_repeat(kind: Kind) {
    let scene = Scene::start(kind, &[]);
    scene.open_page();
    scene.follow("/follow.php", &json!({ "topics": ["a"] }));
    scene.publish("a", 1, 3);
    scene.wait_until_seen(&numbers("a", 1, 3));

    // What is published while it is away is there when it comes back.
    scene.browser.execute("stream.subscribe('b'); opened.length = 0", &[]);
    scene.publish("a", 4, 6);
    scene.publish("b", 1, 3);
    let expected = [numbers("a", 1, 6), numbers("b", 1, 3)].concat();
    scene.wait_until_seen(&expected);

    scene.browser.wait_for("opened.length > 0", soon());
    scene.browser.execute("stream.unsubscribe('a'); opened.length = 0", &[]);
    scene.browser.wait_for("opened.length > 0", soon());
    scene.publish("a", 7, 9);
    scene.publish("b", 4, 6);
    scene.wait_until_seen(&[expected, numbers("b", 4, 6)].concat());
    assert_eq!(scene.requests(), ["a", "a b", "b"]);
}

fn a_page_that_is_reloaded_or_hidden_goes_on_where_it_was(kind: Kind) {
    let scene = Scene::start(kind, &[]);
    scene.open_page();
    let options = json!({ "topics": "news", "keep": true, "pauseHidden": true });
    scene.follow("/follow.php", &options);
    scene.publish("news", 1, 2);
    scene.wait_until_seen(&numbers("news", 1, 2));

    scene.browser.open("about:blank");
    scene.wait_for_streams(0);
    scene.publish("news", 3, 4);
    scene.open_page();
    scene.follow("/follow.php", &options);
    scene.wait_until_seen(&numbers("news", 3, 4));

    let hide =
        "Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))";
    scene.browser.execute(hide, &[json!(true)]);
    scene.wait_for_streams(0);
    scene.publish("news", 5, 6);
    scene.browser.execute(hide, &[json!(false)]);
    scene.wait_until_seen(&numbers("news", 3, 6));
    assert_eq!(scene.browser.execute("return errors", &[]), json!([]));
}

/// Says a few words of the prompt, each a token, and that it is done.
const ANSWER: &str = "<?php
    ['prompt' => $prompt] = json_decode(file_get_contents('php://input'), true);
    $sse = Sse::start();
    foreach (explode(' ', $prompt) as $word) {
        $sse->send($word, 'token');
    }
    $sse->close($_SERVER['HTTP_AUTHORIZATION'] ?? 'nobody', 'done');";

fn an_answer_to_a_post_is_read_to_its_end(kind: Kind) {
    let scene = Scene::start(kind, &[("answer.php", ANSWER)]);
    scene.open_page();
    let ask = "const [done] = arguments;
        const stream = new EventStream('/answer.php', {
            headers: () => ({ Authorization: 'Bearer me' }),
            body: JSON.stringify({ prompt: 'an answer é💥' }),
            done: 'done',
        });
        (async () => {
            const events = [];
            for await (const { type, data } of stream) events.push([type, data]);
            done([events, stream.readyState]);
        })()";
    let answer =
        json!([[["token", "an"], ["token", "answer"], ["token", "é💥"], ["done", "Bearer me"]], 2]);
    assert_eq!(scene.browser.execute_async(ask, &[]), answer);
}
