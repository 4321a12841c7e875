<?php

/** What an application's own tests can say of its streams. */

declare(strict_types=1);

namespace Tests;

use App\Events\Shipped;
use PhpSse\Laravel\Facades\Sse;
use PhpSse\Laravel\SseService;
use PhpSse\Laravel\Testing\ReceivedEvent;
use PHPUnit\Framework\AssertionFailedError;

final class StreamTest extends TestCase
{
    public function testTheEventsOfAStreamAreObjects(): void
    {
        $events = $this->get('/sse/ported')->assertOk()->sseEvents();
        $this->assertSame(['update', 'update', 'update', 'update'], $events->pluck('event')->all());
        $this->assertSame(['hi', 'there', '{"json":true}', '</stream>'], $events->pluck('data')->all());
        $this->assertSame(['json' => true], $events[2]->json());
    }

    public function testAnEventIsFoundByItsDataAsTextAsJsonAndByAQuestion(): void
    {
        $this->get('/sse/ported')
            ->assertEventStreamed('update')
            ->assertEventStreamed('update', 'hi')
            ->assertEventStreamed('update', ['json' => true])
            ->assertEventStreamed('update', fn (ReceivedEvent $event) => $event->data === 'there')
            ->assertEventNotStreamed('other')
            ->assertEventNotStreamed('update', 'bye');
    }

    public function testWhatIsMissingIsToldWithWhatThereWas(): void
    {
        $response = $this->get('/sse/countdown');
        $this->assertFailure(
            "No such event \"message\" was streamed. These were:\n  message: 2\n  message: 1",
            fn () => $response->assertEventStreamed('message', '3')
        );
        $this->assertFailure('The response is no event stream, but "text/html; charset=', fn () =>
            $this->get('/login/1')->sseEvents());
    }

    public function testAStreamBeginsAtTheLastEventIdOfTheTestClient(): void
    {
        $this->get('/sse/resumed', ['Last-Event-ID' => '7'])->assertEventStreamed('message', '7');
        $this->get('/sse/resumed?lastEventId=8')->assertEventStreamed('message', '8');
        // A well-formed one only.
        $this->get('/sse/resumed?lastEventId=%00')->assertEventStreamed('message', 'nobody');
    }

    public function testAFakeKeepsWhatIsPublishedAndGivesItToStreamsThatSubscribe(): void
    {
        $fake = Sse::fake();
        app(SseService::class)->publish(['news', 'sport'], 'published');
        $fake->publish('other', 'of another topic');
        $fake->assertPublished('sport');
        $fake->assertPublished('news', fn ($data) => $data === 'published');
        $fake->assertNotPublished('weather');

        $events = $this->get('/sse/subscribed')->sseEvents();
        $this->assertSame(['state', 'published'], $events->pluck('data')->all());
        $this->assertSame([null, '1-0'], $events->pluck('id')->all());
        $fake->assertSubscribed('news');
        $this->assertFailure('No stream follows "other". Followed were: news.', fn () => $fake->assertSubscribed('other'));
        $this->assertFailure("Nothing like it was published under \"weather\". Published was:\n"
            . "  news, sport: \"published\"\n  other: \"of another topic\"", fn () => $fake->assertPublished('weather'));
    }

    public function testAFakeTakesWhatIsBroadcast(): void
    {
        $fake = Sse::fake();
        Shipped::dispatch(5);
        $events = $this->get('/broadcasting/stream?channels[]=orders')->sseEvents();
        $this->assertSame(['connected', 'message'], $events->pluck('event')->all());
        $shipped = ['channel' => 'orders', 'event' => Shipped::class, 'data' => ['order' => 5]];
        $this->assertSame($shipped, $events[1]->json());
        $this->get('/broadcasting/stream?channels[]=private-orders.1')->assertForbidden();
        Sse::fake()->assertNothingPublished();
    }

    /** Servers that are PHP programs take a response in like this, as Octane does on Swoole. */
    public function testEachEventGoesToWhoeverTakesTheOutputIn(): void
    {
        $response = $this->get('/sse/countdown')->baseResponse;
        $written = [];
        ob_start(function (string $bytes) use (&$written): string {
            $written[] = $bytes;

            return '';
        }, 1);
        $response->sendContent();
        ob_end_clean();
        $expected = [":\nretry: 1500\n", "data: 2\n\n", "data: 1\n\n"];
        $this->assertSame($expected, array_values(array_filter($written, fn ($bytes) => $bytes !== '')));
    }

    private function assertFailure(string $message, callable $assertion): void
    {
        try {
            $assertion();
        } catch (AssertionFailedError $failure) {
            $this->assertStringContainsString($message, $failure->getMessage());

            return;
        }
        $this->fail('It did not fail.');
    }
}
