// The official JavaScript client against call_server: URL, TOKEN, MIXER_CALL and MIXER_PARTICIPANTS say where. Ends with an error at the first surprise.

import assert from "node:assert/strict";
import graph from "@microsoft/microsoft-graph-client";

const { Client, ResponseType } = graph;
const { URL: url, TOKEN: token, MIXER_CALL: call, MIXER_PARTICIPANTS: names } = process.env;
const [source, listener] = names.split(" ");
const participants = `/communications/calls/${call}/participants`;

function client(version, bearer = token) {
    return Client.init({
        authProvider: (done) => done(null, bearer),
        baseUrl: `${url}/`,
        customHosts: new Set([new URL(url).hostname]),
        defaultVersion: version,
    });
}

function request(level) {
    return {
        clientContext: "the official client",
        participantMixerLevels: [{
            participant: listener,
            exclusive: true,
            ducking: { rampActive: 50, rampInactive: 50, lowerLevel: 10, upperLevel: 50 },
            sourceLevels: [{ participant: source, level, duckOthers: false }],
        }],
    };
}

async function completed(graph, location) {
    for (let read = 0; read < 100; read++) {
        const operation = await graph.api(location).get();
        assert.equal(operation["@odata.type"], "#microsoft.graph.commsOperation");
        if (operation.status !== "running") {
            return operation;
        }
        await new Promise((done) => setTimeout(done, 50));
    }
    assert.fail(`${location} still runs after 5 s`);
}

async function configures(version, level, status, headers) {
    const graph = client(version);
    const asked = graph.api(`${participants}/configureMixer`).headers(headers).responseType(ResponseType.RAW);
    const answer = await asked.post(request(level));
    assert.equal(answer.status, status);
    const location = answer.headers.get("location");
    assert.ok(location.startsWith(`${url}/${version}/communications/calls/${call}/operations/`), location);
    const operation = await completed(graph, location);
    assert.deepEqual([operation.status, operation.clientContext], ["completed", "the official client"]);

    const { value } = await graph.api(participants).query({ $expand: "mixerLevel" }).get();
    const heard = value.find(({ id }) => id === listener).mixerLevel;
    assert.equal(heard.exclusive, true);
    assert.deepEqual(heard.sourceLevels, [{ participant: source, level, duckOthers: false }]);
}

async function isRefused(graph, body, status, code) {
    const fault = await graph.api(`${participants}/configureMixer`).post(body).then(() => assert.fail("it is accepted"), (fault) => fault);
    assert.deepEqual([fault.statusCode, fault.code], [status, code], String(fault));
    assert.ok(fault.requestId, "the client finds the request's id");
    return fault;
}

await configures("v1.0", 25, 200, {});
await configures("beta", 75, 200, {});
await configures("v1.0", 50, 202, { Prefer: "respond-async" });
const fault = await isRefused(client("v1.0"), request(101), 400, "badRequest");
assert.match(fault.message, /101 is over 100 %/);
await isRefused(client("beta", "forged"), request(1), 401, "unauthorized");
console.log("the official JavaScript client: levels set, operations read, refusals understood");
