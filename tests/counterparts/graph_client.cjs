// What Microsoft's JavaScript client sees of a service, as JSON.
// Arguments: the folder with its package, the root of the service, a user's id.
// The token is on standard input.

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [folder, root, user] = process.argv.slice(2);
const { Client, PageIterator, ResponseType } = createRequire(`${folder}/`)("@microsoft/microsoft-graph-client");
const token = readFileSync(0, "utf8");
const client = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => token },
  baseUrl: root,
  customHosts: new Set([new URL(root).hostname]),
});

async function all(path) {
  const items = [];
  const iterator = new PageIterator(client, await client.api(path).get(), (item) => items.push(item) > 0);
  await iterator.iterate();
  return { items, deltaLink: iterator.getDeltaLink() ?? null };
}

async function main() {
  const organized = `/users/${user}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='${user}')`;
  const recordings = (await all(organized)).items;
  const { id, meetingId } = recordings[0];
  const content = await client
    .api(`/users/${user}/onlineMeetings/${meetingId}/recordings/${id}/content`)
    .responseType(ResponseType.ARRAYBUFFER)
    .get();
  const delta = await all(`${organized}/delta`);
  const callRecords = (await all("/communications/callRecords")).items;
  const callRecord = await client.api(`/communications/callRecords/${callRecords[0].id}`).expand("sessions").get();
  const refusal = await client.api("/communications/callRecords/00000000-0000-0000-0000-000000000000").get().catch((error) => error);
  return {
    recordings: recordings.map((recording) => recording.id),
    content: createHash("sha256").update(Buffer.from(content)).digest("hex"),
    changes: delta.items.map((recording) => recording.id),
    deltaLink: delta.deltaLink,
    callRecords: callRecords.map((record) => record.id),
    sessions: callRecord.sessions.length,
    refusal: { status: refusal.statusCode, code: refusal.code },
  };
}

main().then((seen) => process.stdout.write(JSON.stringify(seen)));
