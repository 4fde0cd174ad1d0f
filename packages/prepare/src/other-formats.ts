import type { Text } from '@coupon-media/apiv3';
import type { WayOut } from './errors.js';
import { heifBrands } from './heif/boxes.js';
import { readMainItem } from './heif/items.js';

/** A format that people take for an image, and that is never decoded. */
export interface OtherFormat {
  readonly name: string | Text;
  readonly wayOut?: WayOut;
}

/** Names the format of bytes that none of our readers takes, so that people know what to export. */
export function otherFormat(bytes: Buffer): OtherFormat | undefined {
  const head = bytes.toString('latin1', 0, 1024);
  const hex = bytes.toString('hex', 0, 512);
  const known = MAGIC.find(({ begins, magic }) => begins?.test(head) || magic?.test(hex));
  if (known?.inside === undefined) return known ?? heifOf(bytes);
  return known.inside.find(({ has }) => has.test(bytes.toString('latin1', 0, SEARCHED))) ?? known;
}

/** Bytes in which the names of an archive's files are looked for. */
const SEARCHED = 64 * 1024;

function named(en: string, zh: string, wayOut?: WayOut): OtherFormat {
  return { name: { 'zh-CN': zh, en }, ...(wayOut && { wayOut }) };
}

/** A HEIF of another codec, or a video: both begin with boxes. */
function heifOf(bytes: Buffer): OtherFormat | undefined {
  const brands = heifBrands(bytes);
  const codec = readMainItem(bytes)?.codec;
  const row = HEIF.find(
    (one) => one.codecs.includes(codec ?? '') || brands.some((brand) => one.brands.includes(brand)),
  );
  if (row) return row;
  if (codec !== undefined || brands.some((brand) => brand === 'mif1' || brand === 'msf1'))
    return UNKNOWN_CODEC;
  const boxes = /^.{4}(ftyp|moov|mdat|wide|free|skip|pnot)/s.test(bytes.toString('latin1', 0, 12));
  return boxes ? VIDEO : undefined;
}

const UNKNOWN_CODEC = named('HEIF without a known codec', '编码未知的 HEIF');
const VIDEO = named('Video (MP4, MOV)', '视频（MP4、MOV）');

const HEIF: readonly (OtherFormat & { codecs: readonly string[]; brands: readonly string[] })[] = [
  { ...named('Canon raw (CR3)', '佳能原始文件（CR3）', 'photo'), codecs: ['CRAW'], brands: ['crx '] },
  { ...named('HEIF with a JPEG inside', '内嵌 JPEG 的 HEIF'), codecs: ['jpeg'], brands: ['jpeg', 'jpgs'] },
  {
    ...named('HEIF with AVC (H.264)', 'AVC（H.264）编码的 HEIF'),
    codecs: ['avc1', 'avc3'],
    brands: ['avci', 'avcs'],
  },
  {
    ...named('HEIF with VVC (H.266)', 'VVC（H.266）编码的 HEIF'),
    codecs: ['vvc1', 'vvi1'],
    brands: ['vvic', 'vvis'],
  },
  {
    ...named('HEIF with EVC', 'EVC 编码的 HEIF'),
    codecs: ['evc1'],
    brands: ['evbi', 'evmi', 'evbs', 'evms'],
  },
  {
    ...named('HEIF with JPEG 2000', 'JPEG 2000 编码的 HEIF'),
    codecs: ['j2k1'],
    brands: ['j2ki', 'j2is'],
  },
  { ...named('HEIF with layered HEVC', '分层 HEVC 编码的 HEIF'), codecs: ['lhv1'], brands: [] },
  { ...named('HEIF with uncompressed pixels', '未压缩的 HEIF'), codecs: ['unci'], brands: ['unif'] },
];

interface Magic extends OtherFormat {
  /** In Latin-1. */
  readonly begins?: RegExp;
  /** In hex, two digits a byte. */
  readonly magic?: RegExp;
  /** For an archive: what its first files say about it. */
  readonly inside?: readonly (OtherFormat & { has: RegExp })[];
}

/** What a ZIP is, by the names of the files in it. The more special row comes first. */
const ZIPS: readonly (OtherFormat & { has: RegExp })[] = [
  {
    ...named('Live Photo (LIVP)', '实况照片（LIVP）', 'photo'),
    has: /^PK.{28}[\w .()-]{1,120}\.(heic|jpe?g|mov)/is,
  },
  { ...named('Word document', 'Word 文档'), has: /word\/(document|_rels|styles)/ },
  { ...named('PowerPoint presentation', 'PowerPoint 演示文稿'), has: /ppt\/(presentation|_rels|slides)/ },
  { ...named('Excel workbook', 'Excel 表格'), has: /xl\/(workbook|_rels|worksheets)/ },
  { ...named('Office document', 'Office 文档'), has: /\[Content_Types\]\.xml/ },
  { ...named('OpenDocument or Krita', 'OpenDocument 或 Krita 文件'), has: /^PK.{28}mimetype/s },
  { ...named('Sketch', 'Sketch 文件'), has: /document\.json|pages\/.{36}\.json/ },
  { ...named('CorelDRAW (CDR)', 'CorelDRAW 文件（CDR）'), has: /content\/(riffData\.cdr|root\.dat)/ },
  { ...named('Procreate', 'Procreate 文件'), has: /Document\.archive/ },
];

/** By the first bytes. */
const MAGIC: readonly Magic[] = [
  { name: 'SVG', begins: /^(\xef\xbb\xbf)?\s*<(.{0,480}<)?svg[\s>]/is },
  { ...named('PDF or Illustrator', 'PDF 或 Illustrator 文件'), begins: /^%PDF/ },
  { name: 'EPS', begins: /^(%!PS|\xc5\xd0\xd3\xc6)/ },
  { ...named('Photoshop (PSB)', 'Photoshop 大型文档（PSB）'), magic: /^384250530002/ },
  { ...named('Photoshop (PSD)', 'Photoshop 文件（PSD）'), begins: /^8BPS/ },
  { ...named('GIMP (XCF)', 'GIMP 文件（XCF）'), begins: /^gimp xcf/ },
  { ...named('CorelDRAW (CDR)', 'CorelDRAW 文件（CDR）'), magic: /^(52494646.{8}434452|574c[012])/ },
  { ...named('Affinity', 'Affinity 文件'), magic: /^00ff4b41/ },
  { ...named('Clip Studio Paint', 'Clip Studio Paint 文件'), begins: /^CSFCHUNK/ },
  { name: 'JPEG XL', magic: /^(ff0a|0000000c4a584c20)/ },
  { name: 'JPEG 2000', magic: /^(0000000c6a502020|ff4fff51)/ },
  { name: 'JPEG XR', begins: /^II\xbc/ },
  { name: 'JPEG-LS', begins: /^\xff\xd8\xff\xf7/ },
  { name: 'QOI', begins: /^qoif/ },
  { name: 'OpenEXR', magic: /^762f3101/ },
  { name: 'Radiance HDR', begins: /^#\?(RADIANCE|RGBE)/ },
  { name: 'BPG', begins: /^BPG\xfb/ },
  { name: 'FLIF', begins: /^FLIF/ },
  { name: 'MNG', begins: /^\x8aMNG/ },
  { name: 'JNG', begins: /^\x8bJNG/ },
  { name: 'DDS', begins: /^DDS / },
  { name: 'KTX', begins: /^\xabKTX/ },
  { name: 'PNM (PBM, PGM, PPM, PAM)', begins: /^(P[1-7][\s#]|P[Ff]\n)/ },
  { name: 'farbfeld', begins: /^farbfeld/ },
  { name: 'FITS', begins: /^SIMPLE {2}=/ },
  { name: 'DICOM', begins: /^.{128}DICM/s },
  { name: 'DjVu', begins: /^AT&TFORM/ },
  { name: 'PCX', magic: /^0a0[0-5]010[1248]/ },
  { name: 'XPM', begins: /^\/\* XPM/ },
  { name: 'SGI', magic: /^01da0[01]0[12]/ },
  { name: 'Sun raster', begins: /^\x59\xa6\x6a\x95/ },
  { ...named('Fujifilm raw (RAF)', '富士原始文件（RAF）', 'photo'), begins: /^FUJIFILMCCD-RAW/ },
  { ...named('Panasonic raw (RW2)', '松下原始文件（RW2）', 'photo'), begins: /^IIU\0/ },
  { ...named('Olympus raw (ORF)', '奥林巴斯原始文件（ORF）', 'photo'), begins: /^(II(RO|RS)|MMOR)/ },
  { ...named('Minolta raw (MRW)', '美能达原始文件（MRW）', 'photo'), begins: /^\0MRM/ },
  { ...named('Sigma raw (X3F)', '适马原始文件（X3F）', 'photo'), begins: /^FOVb/ },
  { ...named('Canon raw (CRW)', '佳能原始文件（CRW）', 'photo'), magic: /^49491a00000048454150/ },
  { ...named('Icon (ICO)', '图标（ICO）'), magic: /^00000[12]00/ },
  { ...named('Icon (ICNS)', '图标（ICNS）'), begins: /^icns/ },
  { ...named('Cursor (ANI)', '光标（ANI）'), begins: /^RIFF.{4}ACON/s },
  {
    ...named('Windows metafile', 'Windows 图元文件'),
    magic: /^(d7cdc69a|01000000.{72}20454d46|010009000003)/,
  },
  { ...named('Web page (HTML)', '网页（HTML）'), begins: /^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i },
  { ...named('Web page (MHTML)', '网页（MHTML）'), begins: /^MIME-Version:/ },
  {
    ...named('Archive (ZIP, Sketch, Keynote)', '压缩包（ZIP、Sketch、Keynote）'),
    magic: /^504b0304/,
    inside: ZIPS,
  },
  { ...named('Archive (RAR)', '压缩包（RAR）'), begins: /^Rar!/ },
  { ...named('Archive (7z)', '压缩包（7z）'), begins: /^7z\xbc\xaf/ },
  { ...named('Compressed file (gzip, SVGZ)', '压缩文件（gzip、SVGZ）'), magic: /^1f8b/ },
  {
    ...named('Office document (DOC, PPT, XLS)', 'Office 文档（DOC、PPT、XLS）'),
    magic: /^d0cf11e0a1b11ae1/,
  },
  { ...named('RTF document', 'RTF 文档'), begins: /^\{\\rtf/ },
  { ...named('Video (WebM, MKV)', '视频（WebM、MKV）'), magic: /^1a45dfa3/ },
  { ...named('Video (AVI)', '视频（AVI）'), begins: /^RIFF.{4}AVI /s },
  { ...named('Video (FLV)', '视频（FLV）'), magic: /^464c5601/ },
];
