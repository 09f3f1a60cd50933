import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { Slots } from './slots.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('two slots', () => {
  test('give back what was saved last, also to a page that was opened anew', async () => {
    const files = memoryFiles();
    const slots = new Slots(files, 'run/checkpoint');
    expect(await slots.load()).toBeNull();
    for (const text of ['first', 'second', 'third']) {
      await slots.save(bytesOf(text));
      expect(await new Slots(files, 'run/checkpoint').load()).toEqual(bytesOf(text));
    }
    const again = new Slots(files, 'run/checkpoint');
    await again.save(bytesOf('fourth'));
    expect(await slots.load()).toEqual(bytesOf('fourth'));
  });

  test('a write that was cut off, mixed up or left half of the old file never counts', async () => {
    const accident = fc.oneof(
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(600) }),
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(600) }),
      fc.record({ kind: fc.constant('old tail' as const), at: fc.nat(600) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 500 }),
        accident,
        async (data, { kind, at }) => {
          const files = memoryFiles();
          const slots = new Slots(files, 'x');
          const kept = Uint8Array.from(data, (byte) => byte ^ 0xff);
          await slots.save(Uint8Array.from(data));
          await slots.save(kept);
          const before = new Uint8Array(files.held.get('x.a')!);
          let changed = false;
          files.tearNext((whole) => {
            const place = at % whole.length;
            if (kind === 'cut') {
              changed = true;
              return whole.slice(0, place);
            }
            const mixed = whole.slice();
            if (kind === 'flip') mixed[place]! ^= 1;
            else mixed.set(before.subarray(place, whole.length), place);
            changed = mixed.some((byte, i) => byte !== whole[i]);
            return mixed;
          });
          const next = Uint8Array.from(data, (byte) => byte ^ 0x0f);
          await expect(slots.save(next)).rejects.toThrow('killed');
          const found = await new Slots(files, 'x').load();
          expect(found).toEqual(changed ? kept : next);
        },
      ),
    );
  });

  test('a full disk leaves the newest bytes whole, and saving goes on when there is room again', async () => {
    const files = memoryFiles();
    const slots = new Slots(files, 'x');
    await slots.save(bytesOf('kept'));
    files.setFull(true);
    await expect(slots.save(bytesOf('lost'))).rejects.toThrow('full');
    files.setFull(false);
    expect(await new Slots(files, 'x').load()).toEqual(bytesOf('kept'));
    await slots.save(bytesOf('new'));
    expect(await new Slots(files, 'x').load()).toEqual(bytesOf('new'));
  });
});
