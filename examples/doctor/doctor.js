// Measures how the events of a stream arrive here, has the server judge it, and shows what it says.

const PROMPT = 110;
const HEADERS = ['server', 'via', 'content-encoding', 'content-type', 'x-pad', 'x-varnish', 'x-vinyl', 'cf-ray'];

// The doctor.php to measure: this one, or that of another site (?stream=https://...), with a token of its own.
const own = new URL(location.href);
const doctor = new URL(own.searchParams.get('stream') ?? own.href, own);

function ask(parameters) {
    const url = new URL(doctor);
    url.searchParams.delete('stream');
    Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
    return url;
}

/** Reads a stream; of each event, when it was sent and when it came, in milliseconds. */
async function measure(parameters) {
    const begin = performance.now();
    const result = { ticks: [], headers: {}, facts: {}, isCut: true, error: null };
    try {
        const response = await fetch(ask(parameters), { cache: 'no-store', credentials: 'include' });
        if (!response.ok) {
            throw new Error(`the answer has the status ${response.status}`);
        }
        // Of another site's, few can be read: what is not there may be.
        HEADERS.filter((name) => response.type === 'basic' && response.headers.has(name))
            .forEach((name) => { result.headers[name] = response.headers.get(name); });
        await read(response.body, (tick) => {
            result.ticks.push([tick.sent, performance.now() - begin]);
            Object.assign(result.facts, tick.facts);
        });
        result.isCut = false;
    } catch (error) {
        // A stream that was cut has shown something; one that never began has not.
        result.error = result.ticks.length > 0 ? null : String(error.message);
    }
    result.seconds = (performance.now() - begin) / 1000;
    return result;
}

async function read(body, onTick) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) {
            return;
        }
        const events = (rest + value).split('\n\n');
        rest = events.pop();
        events.map((event) => /^data: (\{.*\})$/m.exec(event))
            .filter(Boolean)
            .forEach((data) => onTick(JSON.parse(data[1])));
    }
}

function isLate({ ticks }) {
    const [first] = ticks;
    const last = ticks.at(-1);
    return ticks.length > 1 && (first[1] - last[1]) - (first[0] - last[0]) > PROMPT;
}

/** Measures again what was late, for a machine that was busy for a moment; across sites, to see a cookie return. */
async function measureStream() {
    const first = await measure({ probe: 'sse' });
    return isLate(first) || first.facts.crossSite ? measure({ probe: 'sse' }) : first;
}

async function judge(measured) {
    const response = await fetch(ask({ judge: 1 }), {
        method: 'POST', body: JSON.stringify(measured), cache: 'no-store', credentials: 'include',
    });
    if (!response.ok) {
        throw new Error(`${doctor.host} answered with the status ${response.status}`);
    }
    return response.json();
}

function show(answer) {
    const verdict = document.getElementById('verdict');
    verdict.textContent = answer.verdict;
    const isWell = answer.culprits?.length === 0;
    verdict.dataset.state = isWell ? 'well' : 'ill';
    for (const name of ['culprits', 'withoutExtension', 'unknown']) {
        const section = document.getElementById(name);
        const items = (answer[name] ?? []).map(item);
        section.querySelector('ul').replaceChildren(...items);
        section.hidden = items.length === 0;
    }
    document.getElementById('answer').textContent = JSON.stringify(answer, null, 2);
}

function item(finding) {
    const element = document.createElement('li');
    if (typeof finding === 'string') {
        element.textContent = finding;
        return element;
    }
    const name = document.createElement('strong');
    name.textContent = finding.culprit === finding.where ? finding.culprit : `${finding.culprit} (${finding.where})`;
    element.append(name, ` ${finding.what}`);
    if (finding.set) {
        const lines = document.createElement('pre');
        lines.textContent = finding.set;
        element.append(lines);
    }
    return element;
}

async function run(measuring) {
    const button = document.querySelector('#silence button');
    button.disabled = true;
    try {
        show(await judge(await measuring()));
    } catch (error) {
        show({ verdict: `It could not be measured: ${error.message}` });
    }
    button.disabled = false;
}

document.getElementById('silence').addEventListener('submit', (event) => {
    event.preventDefault();
    const silence = new FormData(event.target).get('seconds');
    document.getElementById('verdict').textContent = `Silent for up to ${silence} seconds …`;
    run(async () => ({ silence: await measure({ probe: 'silence', silence }) }));
});

run(async () => ({ client: await measureStream() }));
