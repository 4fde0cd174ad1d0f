import { describe, expect, test } from 'vitest';
import { PrepareError, type PrepareErrorCode, prepareImage } from '../dist/index.js';
import { box, ftyp, heif } from './boxes.js';
import { bmp, tiff } from './files.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const zip = (name: string): Buffer => Buffer.concat([latin1('PK\x03\x04'), Buffer.alloc(26), latin1(name)]);

describe('files that are not images', () => {
  test.each<[string, Buffer, PrepareErrorCode]>([
    ['nothing', Buffer.alloc(0), 'SOURCE_EMPTY'],
    ['text', latin1('hello'), 'NOT_AN_IMAGE'],
    ['two letters of a BMP', latin1('BM is not always an image'), 'NOT_AN_IMAGE'],
  ])('%s', async (_, bytes, code) => {
    await expect(prepareImage(bytes)).rejects.toMatchObject({ name: 'PrepareError', code });
  });
});

describe('formats that are refused by their name', () => {
  test.each<[Buffer, string]>([
    [latin1('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'SVG'],
    [Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- x -->\n<svg width="1">'), 'SVG'],
    [latin1('%PDF-1.4'), 'PDF or Illustrator'],
    [latin1('8BPS\0\x01'), 'Photoshop (PSD)'],
    [latin1('8BPS\0\x02'), 'Photoshop (PSB)'],
    [latin1('gimp xcf v011\0'), 'GIMP (XCF)'],
    [latin1('RIFF\x10\0\0\0CDRAvrsn'), 'CorelDRAW (CDR)'],
    [latin1('<!DOCTYPE html><html>'), 'Web page (HTML)'],
    [latin1('\xff\x0a'), 'JPEG XL'],
    [latin1('qoif\0\0\0\x01'), 'QOI'],
    [latin1('v/1\x01\x02\0\0\0'), 'OpenEXR'],
    [latin1('#?RADIANCE\n'), 'Radiance HDR'],
    [latin1('FUJIFILMCCD-RAW 0201'), 'Fujifilm raw (RAF)'],
    [latin1('IIU\0\x18\0\0\0'), 'Panasonic raw (RW2)'],
    [latin1('IIRO\x08\0\0\0'), 'Olympus raw (ORF)'],
    [latin1('IIRS\x08\0\0\0'), 'Olympus raw (ORF)'],
    [zip('mimetype'), 'OpenDocument or Krita'],
    [zip('IMG_0001.HEIC'), 'Live Photo (LIVP)'],
    [zip('[Content_Types].xml … word/document.xml'), 'Word document'],
    [zip('[Content_Types].xml … ppt/presentation.xml'), 'PowerPoint presentation'],
    [zip('[Content_Types].xml … xl/workbook.xml'), 'Excel workbook'],
    [zip('[Content_Types].xml'), 'Office document'],
    [latin1('PK\x03\x04'), 'Archive (ZIP, Sketch, Keynote)'],
    [latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), 'Office document (DOC, PPT, XLS)'],
    [ftyp('mp42'), 'Video (MP4, MOV)'],
    [box('moov'), 'Video (MP4, MOV)'],
    [ftyp('crx ', 'crx ', 'isom'), 'Canon raw (CR3)'],
    [ftyp('mif1', 'mif1'), 'HEIF without a known codec'],
    [heif('mif1', 'jpeg'), 'HEIF with a JPEG inside'],
    [heif('mif1', 'avc1'), 'HEIF with AVC (H.264)'],
    [heif('heic', 'vvc1'), 'HEIF with VVC (H.266)'],
    [heif('mif1', 'j2k1'), 'HEIF with JPEG 2000'],
    [heif('mif1', 'unci'), 'HEIF with uncompressed pixels'],
    [tiff([[50706, 1, 0x00000401, 4]], Buffer.alloc(0)), 'Camera raw (DNG, NEF, CR2)'],
    [tiff([[254, 4, 1]], Buffer.alloc(0)), 'Camera raw (DNG, NEF, CR2)'],
    [
      bmp({ width: 1, height: 1, bits: 24, compression: 4 }, Buffer.alloc(0), Buffer.alloc(4)),
      'a BMP with a JPG inside, made for printers',
    ],
    [
      bmp({ width: 1, height: 1, bits: 24, compression: 5 }, Buffer.alloc(0), Buffer.alloc(4)),
      'a BMP with a PNG inside, made for printers',
    ],
    [
      bmp({ width: 1, height: 1, bits: 1, compression: 3, size: 64 }, Buffer.alloc(6), Buffer.alloc(4)),
      'an OS/2 BMP with Huffman compression',
    ],
  ])('%#: %s', async (bytes, found) => {
    const error = await prepareImage(bytes).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
    if (!(error instanceof PrepareError)) throw error;
    expect(error.explain('en').message).toBe(`This image cannot be prepared: ${found}.`);
    // The way out stands there in the reader's language.
    expect(error.explain('zh-CN').remedy).toMatch(/^请.*支持：JPG/);
    expect(error.explain('zh-CN').message).not.toMatch(/ (with|raw|and|of|in) /);
  });
});
