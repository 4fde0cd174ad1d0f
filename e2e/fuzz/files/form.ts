import { createMultipartReader } from '@coupon-media/apiv3';
import { broken, type Target } from './target.js';

export const form: Target = {
  name: 'form',
  words: [
    ...[
      'multipart/form-data; boundary=b\n',
      'multipart/form-data\n',
      'multipart/form-data; boundary="b c"\n',
      '; boundary=',
    ],
    ...['--b\r\n', '\r\n--b\r\n', '\r\n--b--', '\r\n--b--\r\n', '--b', '\r\n', '\r', '\n', '--', ' ', '\t'],
    ...[
      'Content-Disposition: form-data; name="meta"\r\n\r\n',
      'Content-Disposition: form-data; name="file"; filename="a.png"\r\n',
    ],
    ...[
      'name=meta',
      "name*=utf-8''meta",
      'filename="',
      '\\"',
      '%22',
      'Content-Type: application/json\r\n',
      '\r\n\r\n',
    ],
  ],
  read(bytes) {
    const end = bytes.indexOf('\n');
    const contentType = end < 0 ? undefined : bytes.toString('latin1', 0, end);
    const body = bytes.subarray(end + 1);
    const whole = eventsOf(contentType, [body]);
    const halves = [
      body.subarray(0, bytes.length % (body.length + 1)),
      body.subarray(bytes.length % (body.length + 1)),
    ];
    const small = Array.from({ length: Math.min(body.length, 3000) }, (_, at) => body.subarray(at, at + 1));
    for (const pieces of [halves, [...small, body.subarray(small.length)]])
      if (eventsOf(contentType, pieces) !== whole) broken('a form in pieces is another one');
  },
};

/** @returns names, contents and the fault, as one text */
function eventsOf(contentType: string | undefined, pieces: readonly Buffer[]): string {
  const parts: { name: string | undefined; pieces: string[]; ended: boolean }[] = [];
  const reader = createMultipartReader(contentType, {
    partBegin: (name) => void parts.push({ name, pieces: [], ended: false }),
    partData: (data) => void parts.at(-1)?.pieces.push(data.toString('latin1')),
    partEnd() {
      const last = parts.at(-1);
      if (!last || last.ended) broken('a part ends that did not begin');
      last.ended = true;
    },
  });
  for (const piece of pieces) reader.write(piece);
  const fault = reader.end();
  return JSON.stringify([parts.map(({ name, pieces: all, ended }) => [name, all.join(''), ended]), fault]);
}
