/** The door to the formats that are read at once from memory: bytes in, a cloud and a report out. See `openScan`. */

import { contentHash } from '../core/contentHash.ts';
import { FormatError, throwIfCancelled } from '../core/errors.ts';
import { finishCloud, type RawCloud } from './finishCloud.ts';
import { readLas } from './readLas.ts';
import { readNpy } from './readNpy.ts';
import { readObj } from './readObj.ts';
import { readOff } from './readOff.ts';
import { readPcd } from './readPcd.ts';
import { readPly } from './readPly.ts';
import { readPtx } from './readPtx.ts';
import { readAsciiStl, readBinaryStl } from './readStl.ts';
import { readText } from './readText.ts';
import type { ReadHooks, ScanFile } from './report.ts';
import { extensionOf, type ScanFormat, sniffFormat } from './sniffFormat.ts';

/**
 * Reads PCD, PLY, OBJ, STL, OFF, NPY, LAS and text scans. The format is recognised by the content; the extension
 * decides only where the content does not.
 * @param name file name for messages and the cloud's name; @param bytes not kept and not changed
 * @throws FormatError naming file, place and cause, for anything that is no readable scan
 * @throws CancelledError when the signal has fired
 */
export function readScan(name: string, bytes: Uint8Array, hooks: ReadHooks = {}): ScanFile {
  throwIfCancelled(hooks.signal, name);
  if (bytes.length === 0) throw new FormatError(name, '', 'no points: the file is empty');
  const text = toUtf8(bytes);
  const raw = readAs(sniffFormat(name, text), name, text, hooks);
  const scan = finishCloud(name, contentHash(bytes), raw);
  hooks.onProgress?.({ stage: 'reading', fraction: 1 });
  return scan;
}

function readAs(format: ScanFormat, name: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  switch (format) {
    case 'ply':
      return readPly(name, bytes, hooks);
    case 'pcd':
      return readPcd(name, bytes, hooks);
    case 'npy':
      return readNpy(name, bytes, hooks);
    case 'off':
      return readOff(name, bytes, hooks);
    case 'las':
      return readLas(name, bytes, hooks);
    case 'obj':
      return readObj(name, bytes, hooks);
    case 'stl ascii':
      return readAsciiStl(name, bytes, hooks);
    case 'stl binary':
      return readBinaryStl(name, bytes, hooks);
    case 'ptx':
      return readPtx(name, bytes, hooks);
    case 'text':
      return readText(name, bytes, extensionOf(name), hooks);
    default:
      return format satisfies never;
  }
}

/** Text files of Windows programs may be UTF-16, or begin with the mark of UTF-8. */
function toUtf8(bytes: Uint8Array): Uint8Array {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return bytes.subarray(3);
  if (a === 0xff && b === 0xfe) return new TextEncoder().encode(new TextDecoder('utf-16le').decode(bytes));
  if (a === 0xfe && b === 0xff) return new TextEncoder().encode(new TextDecoder('utf-16be').decode(bytes));
  return bytes;
}
