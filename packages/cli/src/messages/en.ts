/** What this program says, in English. */
export const en = {
  'program.description':
    'Images for WeChat Pay product coupons: upload them, or run the service they are uploaded to.',
  'program.lang': "language of the output (default: by LC_ALL, LC_MESSAGES or LANG, else the system's)",
  'program.version': 'show the version',
  'program.helpHint': '(--help shows the options)',
  'list.comma': ', ',
  'list.semicolon': '; ',

  // The service's commands, where their package is not there.
  'service.needed': 'needs @coupon-media/service-cli',
  'service.missing':
    '{name} comes with @coupon-media/service-cli: npm install coupon-media @coupon-media/service-cli',
  'service.otherRelease':
    '{name} needs @coupon-media/service-cli {ours}, and {theirs} is installed: npm install coupon-media@{ours} @coupon-media/service-cli@{ours}',
  'service.broken': '{name} cannot run, since @coupon-media/service-cli does not load: {why}',

  // Wrong use, and help.
  'use.unknownOption': "error: unknown option '{what}'",
  'use.unknownCommand': "error: unknown command '{what}'",
  'use.missingArgument': "error: missing required argument '{what}'",
  'use.missingOption': "error: required option '{what}' not specified",
  'use.missingValue': "error: option '{what}' argument missing",
  'use.invalidValue': "error: '{value}' is invalid for '{what}'. {why}",
  'use.tooMany': 'error: too many arguments{what}',
  'use.choices': 'Allowed choices are {list}.',
  'use.nearest': '(Did you mean {list}?)',
  'help.usage': 'Usage:',
  'help.arguments': 'Arguments:',
  'help.options': 'Options:',
  'help.globalOptions': 'Global Options:',
  'help.commands': 'Commands:',
  'help.option': 'show this help',
  'help.command': 'show the help of a command',
  'help.choices': 'choices: {list}',
  'help.default': 'default: {value}',
  'help.withNotes': '{text} ({notes})',

  // Why a path cannot be used.
  'failure.path': '{path}: {reason}',
  'key.notAPath':
    '{where}: this is {fault}; give the path of a file that holds it. The environment and a profile also take PEM text and base64 of it; the command line, which others can see, does not',
  'key.unreadable': '{where}: {file}: {why}',
  'key.unreadableHidden':
    '{where}: {why}. The given text does not look like the path of a key file and is not shown',

  // Files without end.
  'file.tooLarge': '{file} has more than {mebibytes} MiB, which is too large here: name another file',
  'file.silent': 'no data came from {file} for {seconds} s: check its writer, or name another file',
  'stdin.tooLarge': 'more than {mebibytes} MiB came on standard input: check what is sent there',

  // What is not the user's alone.
  'exposed.profile': 'others can change {file}, and so where images are sent: chmod 600 {file}',
  'exposed.folder': 'others can put other files in place of those in {file}: chmod 700 {file}',
  'exposed.changeable': 'others can change the key {file}: chmod 600 {file}',
  'exposed.key': 'others can read the private key {file}: chmod 600 {file}',
  'exposed.secret': 'others can read {file}, which holds a key: chmod 600 {file}',
  'config.sandboxAnothers':
    '{file} is not used without being named, since it is a link or others can write to it. If you trust it: --profile {file}',
  'config.sandboxElsewhere':
    '{file} is not used without being named, since it leads to {host}, not to this machine. If you trust it: --profile {file}',
  'config.sandboxOutside':
    '{file} is not used without being named, since its {key} leads out of its folder. If you trust it: --profile {file}',

  // Settings.
  'option.profile': 'profile file, or the name of one in ~/.config/coupon-media (default: default)',
  'setting.hosts': 'the service: main host, then backups, separated by commas',
  'setting.mchid': 'merchant number',
  'setting.brandId': 'brand id, for brand merchants, in place of the merchant number',
  'setting.privateKey': "the merchant's private key, apiclient_key.pem",
  'setting.certificate': "the merchant's API certificate, apiclient_cert.pem",
  'setting.certificateSerialNo': 'serial of the API certificate; read from the certificate if that is given',
  'setting.wechatPayPublicKeyId': 'id of the WeChat Pay public key, PUB_KEY_ID_…',
  'setting.wechatPayPublicKey': 'the WeChat Pay public key, pub_key.pem',
  'setting.platformCertificate': 'a platform certificate, for merchants in certificate mode',
  'setting.apiV3Key': 'the APIv3 key, 32 characters',

  // Configuration.
  'config.description': 'the profile: who uploads, with which keys, to which service',
  'config.init': 'ask for a profile, write it, and check it as doctor does',
  'config.initProfile': 'file to write, or the name of one in ~/.config/coupon-media',
  'config.force': 'replace an existing file',
  'config.show': 'show every setting and where it came from; secrets stay hidden',
  'config.json': 'as JSON',
  'config.sandboxUsed': 'nothing is configured: using the sandbox of {file}',
  'config.noSuchProfile':
    'there is no profile {file}; make one with: coupon-media config init --profile {file}',
  'config.noSuchProfileHidden':
    '{where}: there is no such profile. The given text does not look like the name or the path of one and is not shown',
  'config.notAnOrigin':
    '{where}: must be an address like https://api.mch.weixin.qq.com, several separated by commas, not {what}',
  'request.notOne': '{where}: must be {form}; this is {what}',
  'config.notJson': '{file} is not a JSON object: {why}',
  'config.notText': '{key} in {file} must be text in quotes',
  'config.missing':
    '{key} is missing: give it in the profile, as {variable} or as {flag}. coupon-media config init asks for everything',
  'config.wrong': '{where}: {why}',
  'config.misplaced': '{where}: this is {what}, which does not belong here and is not shown',
  'config.notAPath': '{where}: this is {fault}; give the path of a file',
  'config.hiddenPath': '(set; it does not look like the path of a key file, and is hidden)',
  'config.exists': '{file} already exists; --force replaces it',
  'config.written': 'written: {file}. Checking it:',
  'config.hidden': '(set, hidden)',
  'config.notSet': 'not set',
  'config.unknownVariable': '{name} is not known and has no effect; did you mean {guess}?',
  'config.misspeltKey': 'the file has the unknown key {key}, which has no effect; did you mean {guess}?',
  'config.unknownKey': 'the file has the unknown key {key}',
  'init.mchid': 'Merchant number (mchid)?',
  'init.privateKey': 'Private key, apiclient_key.pem: path?',
  'init.certificate': 'API certificate, apiclient_cert.pem: path? (empty: not at hand)',
  'init.serial': 'Serial of the API certificate, in hex?',
  'init.publicKeyId': 'Id of the WeChat Pay public key, PUB_KEY_ID_…? (empty: certificate mode)',
  'init.publicKey': 'WeChat Pay public key, pub_key.pem: path?',
  'init.platformCertificate': 'Platform certificate: path?',
  'init.hosts': 'Service?',
  'init.wrong': 'this cannot be right ({why}); try again',
  'init.form.mchid': 'it is digits alone, as 1900000001',
  'init.form.serial':
    'it is 8 to 40 digits 0-9 and A-F; openssl x509 -noout -serial -in apiclient_cert.pem prints it',
  'init.form.publicKeyId': 'it is PUB_KEY_ID_ and digits, as merchant admin shows it',
  'init.origin': 'https://HOST, not {what}',
  'init.ended': 'the input ended at {key}; nothing was written',

  // Finding images.
  'find.notAPath': 'this is {fault}; give the path of an image or a folder',
  'find.given': '({what})',
  'find.notAList': '{file} holds {what}, not a list of paths, one per line',
  'find.noSuchFile': 'there is no such file or folder',
  'find.unreadable': 'it cannot be read',
  'find.noImages': 'the folder has no images',
  'find.noMatch': 'no image matches',
  'find.notUtf8': 'the name is not UTF-8, and no file was found by it',
  'find.notUtf8List':
    '{file} is in another encoding than UTF-8, UTF-16 and GBK, or names no file that is there: save it as UTF-8',
  'leftOut.other': 'not images',
  'leftOut.machine': 'left by a system or a program: thumbnails, deleted or unfinished files, settings',
  'leftOut.hidden': 'hidden',
  'leftOut.link': 'links to folders',
  'leftOut.noSuffix': 'without a suffix',

  // Upload.
  'upload.description': 'upload images: files, folders, globs, standard input; prints their URLs',
  'upload.argument': 'JPG, PNG or BMP, at most 2 MiB each; with --prepare any image; - is standard input',
  'upload.filesFrom': 'take paths from this file too, a line each, or from a manifest; - is standard input',
  'upload.null': 'with --files-from: paths end in NUL, as find -print0 writes them',
  'upload.filename': 'name of a single image; required with -',
  'upload.slot': 'the place in the coupon; an image of another size is refused, or fitted with --prepare',
  'upload.prepare': 'convert, fit and compress images that would be refused, and show the changes',
  'upload.fit': "with --prepare and --slot: how to fit (default: the slot's own way)",
  'upload.focus': 'with --fit: the part of the image that matters (default: centre)',
  'upload.crop': 'with --prepare: the part of the image that is used, in pixels, as 40,0,900,1020',
  'upload.background': 'with --prepare: colour behind the image, #rrggbb',
  'upload.enlarge': 'with --prepare: enlarge small images more than twice, too, although they look blurred',
  'upload.sendDoubtful': 'send images that seem cut short, or that phones do not show, too',
  'upload.dryRun': 'show what would be sent, changed and refused, and why; send nothing',
  'upload.concurrency': 'images at a time',
  'upload.rate': 'requests a second, retries too; 0 for no limit',
  'upload.retries': 'retries after 429, 5xx and network failures',
  'upload.timeout': 'seconds to connect, to send and to wait for the response (default: 5, 30 and 15)',
  'upload.ledger': 'file that records what was sent',
  'upload.noLedger': 'record nothing: send everything',
  'upload.manifestOption':
    'write the result of every image to a .csv or .json file, or add it to that of earlier runs',
  'upload.json': 'print a JSON line for each image',
  'upload.quiet': 'no progress, no summary',
  'upload.help': `What was sent is kept in a ledger, by SHA-256: the same command again sends only what is missing.
It is ~/.local/state/coupon-media/ledger-HOST-MERCHANT.jsonl; of a sandbox, beside its credentials.json.

Exit codes: 0 all uploaded · 1 some failed · 2 wrong use · 3 configuration, keys or permission · 130 interrupted`,
  'upload.nothingNamed': 'error: name a file, a folder, a glob or -, or give --files-from',
  'upload.stdinTwice': 'error: standard input is either an image or the list of files',
  'upload.stdinUnnamed': 'an image on standard input needs a name: --filename NAME.png',
  'upload.oneFilename': '--filename is for one image, but there are more or none',
  'upload.doesNotFit': 'does not fit the slot {slot} ({size}): the image is {found}. To do: {needs}',
  'upload.beginning': '{n} {n:image|images} to upload as {who} to {host}',
  'upload.planning': '{n} {n:image|images}, dry run: nothing is sent',
  'upload.leftOut': 'left out: {what} ({reason})',
  'upload.finishing': 'finishing the uploads under way … Ctrl-C again cancels them',
  'upload.manifest': 'manifest: {file}',
  'upload.stopped': 'stopped, {n} not tried: {why}',
  'upload.stoppedAbove': 'stopped, {n} not tried, for the reason above',
  'upload.interrupted': 'interrupted, {n} not uploaded. Run the same command again to continue',
  'count.uploaded': '{n} uploaded',
  'count.known': '{n} uploaded before',
  'count.same': '{n} the same as another',
  'count.ready': '{n} would be sent',
  'count.needs-prepare': '{n} {n:needs|need} --prepare',
  'count.failed': '{n} failed',
  'count.untried': '{n} not tried',
  'status.uploaded': 'uploaded',
  'status.known': 'uploaded before',
  'status.same': 'the same bytes as another',
  'status.ready': 'would be sent',
  'status.needs-prepare': 'needs --prepare',
  'status.failed': 'would be refused',
  'status.left-out': 'left out',
  'status.untried': 'not tried',
  'refused.needsPrepare': '{format} is not sent as it is',
  'refused.doubtful': '{doubt}',
  'refused.enlarged': 'it would be enlarged {factor} times, from {from} to {to}, and look blurred',
  'change.filename': 'sent under the name {filename}',
  'change.bytes': '{before} bytes became {after}',
  'failures.more': '… and {n} more',
  'progress.line': '{done} of {total}',
  'progress.speed': '  {rate}/s  {left} left',
  'progress.failed': '  {n} failed',
  'progress.hostLeft': '{host} fails repeatedly: the next host is used for a while',
  'progress.hostBack': '{host} is back',
  'problem.status':
    '{host} responded with {status} without a code ({type}): it is not the service, or a proxy is before it',
  'remedy.fileTooLarge': 'Use --prepare, which makes it smaller, or compress it to 2,097,152 bytes or less.',
  'remedy.imageKindUnknown':
    'Use --prepare, which converts WebP, AVIF, GIF, TIFF and HEIC, or export it as PNG.',
  'remedy.imageBroken': 'Open it in an image program and export it again.',
  'remedy.SOURCE_UNREADABLE':
    'Check the path and the permission to read it, then run the same command again.',
  'remedy.noImages':
    'Name a folder with images: JPG, PNG, BMP, and with --prepare WebP, AVIF, GIF, TIFF and HEIC.',
  'remedy.notUtf8': 'Name its folder instead, or rename it: convmv -f gbk -t utf8 --notest FILE.',
  'remedy.needsPrepare': 'Use --prepare, which converts it, or export it as PNG or JPG.',
  'remedy.doesNotFit': 'Use --prepare, which does this, or export the image in this size.',
  'remedy.exportSmaller': 'Export a smaller copy as JPG or PNG from an image program.',
  'remedy.PREPARE_TIMED_OUT':
    'Run the same command again, with a lower --concurrency if the machine is busy; or export a smaller copy as JPG or PNG.',
  'remedy.CANNOT_FIT':
    'Use an image with less noise and detail; where transparency is not needed, --background makes a smaller JPG.',
  'remedy.doubtful': 'A URL is permanent. To send it all the same: --send-doubtful.',
  'remedy.enlarged': 'Use a larger original; or add --enlarge to send it all the same.',
  'remedy.TIMED_OUT.send': 'Raise --timeout where the line is slow, or lower --concurrency.',
  'remedy.TIMED_OUT.response':
    'Run the same command again: uploading twice does no harm. Raise --timeout if it recurs.',
  'remedy.ABORTED': 'Run the same command again.',
  'remedy.RATELIMIT_EXCEEDED':
    'Lower --rate (all brands of a provider share one quota), and run the same command again.',
  'remedy.ledger':
    'Make room and run the same command again. What was uploaded is listed above, and nothing was sent without a record.',

  // Ledger and manifest.
  'ledger.notOne': '{file} is not a ledger of coupon-media; nothing was written to it',
  'ledger.another': '{file} is the ledger of {of}, and this upload is for {wanted}: give another --ledger',
  'ledger.inUse': 'another run (process {pid}) uses {file}; wait for it. If it has gone, delete {lock}',
  'ledger.inUseElsewhere':
    'a run on {host} (process {pid}) uses {file}; wait for it. If it has gone, delete {lock}',
  'ledger.tooLarge':
    '{file} has more than {mebibytes} MiB, which is too large for a ledger: give another --ledger',
  'ledger.noPlace':
    'the ledger {file} cannot be written: {why}. Give another place as --ledger FILE, or send without a record by --no-ledger',
  'ledger.unwritable': 'the ledger cannot be written: {why}',
  'manifest.suffix': '--manifest {file}: must end in .csv or .json',
  'manifest.another':
    '--manifest {file}: it is not a manifest of coupon-media, and stays as it is. Name another file',
  'manifest.unwritable':
    '--manifest {file}: it cannot be written: {why}. Close it in other programs, or name another file; nothing was sent',
  'manifest.hasUrls':
    '--manifest {file}: it has {n} {n:URL|URLs}, and a dry run would add none. Name another file for the dry run',
  'manifest.unwritten':
    'the manifest {file} was not written: {why}. The URLs are above. Run the same command again with another --manifest',

  // Doctor.
  'doctor.description': 'check keys, configuration, hosts, clock, signature and permission',
  'doctor.json': 'print a JSON line for each check',
  'doctor.help': `It sends each host one real upload whose file is empty. A service looks at the signature first, then at the
permission, and at the file last: PARAM_ERROR therefore proves the other two, and nothing is stored.

Exit codes: 0 all right · 1 a host or the clock is wrong · 3 configuration, keys or permission are wrong`,
  'doctor.settings': 'settings',
  'doctor.settings.ok': 'merchant {who}, from {from}',
  'doctor.noFile': 'environment and flags',
  'doctor.unknownKeys': 'not understood: {keys}',
  'doctor.noCaller': 'neither mchid nor brandId is given',
  'doctor.noCaller.remedy': 'Give mchid, the merchant number; coupon-media config init asks for everything.',
  'doctor.twoCallers': 'both mchid and brandId are given',
  'doctor.twoCallers.remedy': 'Merchants and providers have an mchid, brand merchants a brandId: give one.',
  'doctor.missing': 'missing',
  'doctor.notThatKey': 'not the file it should be: {why}',
  'doctor.privateKey': 'private key',
  'doctor.privateKey.ok': 'RSA, {bits} bits',
  'doctor.privateKey.remedy':
    'Give privateKeyPath: apiclient_key.pem, made when the API certificate was requested.',
  'doctor.certificate': 'certificate',
  'doctor.certificate.ok': 'belongs to the key, valid until {to}',
  'doctor.certificate.missing': 'not given, so the key cannot be compared with it',
  'doctor.certificate.remedy':
    "Give certificatePath: the merchant's own API certificate, apiclient_cert.pem, from merchant admin, API security.",
  'doctor.certificate.platform': "{serialNo} is WeChat Pay's platform certificate, not the merchant's",
  'doctor.certificate.notPair': 'does not belong to the private key',
  'doctor.certificate.notPair.remedy':
    'Use the apiclient_cert.pem that came with this apiclient_key.pem. These two must print the same: openssl x509 -in apiclient_cert.pem -noout -pubkey, and openssl pkey -in apiclient_key.pem -pubout',
  'doctor.certificate.anothers': 'is that of merchant {commonName}, and mchid says {owner}',
  'doctor.certificate.expired': 'is valid from {from} to {to}',
  'doctor.certificate.expired.remedy':
    'Request a new API certificate in merchant admin, and replace key, certificate and serial together.',
  'doctor.expiry': 'expiry',
  'doctor.expiry.platform': 'platform certificate',
  'doctor.expiry.until': '{what}: valid until {to}, {n} more {n:day|days}',
  'doctor.expiry.expired': '{what}: expired on {to}',
  'doctor.expiry.none': 'no certificate is given, so its end is not known',
  'doctor.expiry.none.remedy': 'Give certificatePath (apiclient_cert.pem).',
  'doctor.expiry.own.remedy':
    'Request the next API certificate in merchant admin, and add it to the profile as nextCertificates, with the moment from which it is used.',
  'doctor.expiry.platform.remedy':
    "Give WeChat Pay's next platform certificate, or its public key, which does not expire.",
  'doctor.serial': 'certificate serial',
  'doctor.serial.read': '{serialNo}, read from the certificate',
  'doctor.serial.unproven': 'not compared: there is no certificate',
  'doctor.serial.remedy':
    'Give the serial of apiclient_cert.pem: openssl x509 -in apiclient_cert.pem -noout -serial',
  'doctor.serial.platform': "{given} is WeChat Pay's, not the merchant's",
  'doctor.serial.decimal': 'is decimal; in hex it is {hex}',
  'doctor.serial.form': '{given} is not 8 to 40 hex digits',
  'doctor.serial.another': '{given} is not the serial of the certificate, which is {serialNo}',
  'doctor.publicKeyId': 'WeChat Pay public key id',
  'doctor.publicKeyId.form': '{given} is not PUB_KEY_ID_ and digits',
  'doctor.publicKeyId.certificateMode': 'certificate mode: responses are verified with platform certificates',
  'doctor.publicKeyId.remedy':
    'Give wechatPayPublicKeyId as merchant admin shows it: PUB_KEY_ID_ and digits.',
  'doctor.publicKey': 'WeChat Pay public key',
  'doctor.publicKey.ok': 'an RSA public key',
  'doctor.publicKey.none': 'none: certificates are downloaded with the APIv3 key',
  'doctor.publicKey.certificate': 'platform certificate {serialNo}',
  'doctor.publicKey.own': "is the merchant's own public key, not WeChat Pay's",
  'doctor.publicKey.remedy':
    'Give wechatPayPublicKeyPath: pub_key.pem, downloaded from merchant admin, API security.',
  'doctor.client': 'client',
  'doctor.client.ok': 'can be made of this profile',
  'doctor.client.after': 'not made before the above is right',
  'doctor.client.remedy': 'An upload would fail the same way: correct this setting.',
  'doctor.proxy': 'proxy',
  'doctor.proxy.ok': '{place}, from {from}',
  'doctor.proxy.none': 'none',
  'doctor.proxy.remedy':
    'Correct the variable, or remove it; NO_PROXY names hosts that are reached directly.',
  'doctor.host': '{host}',
  'doctor.host.ok': 'responds in {milliseconds} ms',
  'doctor.host.dead': 'does not respond: {why}',
  'doctor.host.remedy': 'Check address, DNS, firewall and proxy (HTTPS_PROXY), and the TLS certificate.',
  'doctor.host.another': 'responded with {status}, but not like this service',
  'doctor.host.another.remedy': 'Check baseUrl, and whether a proxy responds in its place.',
  'doctor.clock': 'clock',
  'doctor.clock.ok': "{seconds} s from the host's",
  'doctor.clock.off': "{seconds} s from the host's; at 300 requests are refused",
  'doctor.clock.remedy': "Set this machine's clock, and keep it by NTP.",
  'doctor.signature': 'signature',
  'doctor.signature.ok': 'accepted: an upload without an image was refused for that alone ({code})',
  'doctor.signature.remedy': 'Compare mchid, serial and key; coupon-media explain finds which is wrong.',
  'doctor.permission': 'permission',
  'doctor.permission.ok': 'product coupons are enabled',
  'doctor.permission.remedy': 'Have product coupons enabled for this merchant in merchant admin.',
  'doctor.response': "response's signature",
  'doctor.response.ok': 'is valid, made with {serial}',
  'doctor.response.unsigned': 'the response carries no signature',
  'doctor.response.stale': "the response's timestamp is 300 s or more from this clock",
  'doctor.response.unknownKey': 'signed with {serial}, which is not known here',
  'doctor.response.unknownKey.remedy':
    'Give the public key of that id, or the platform certificate of that serial.',
  'doctor.response.signatureWrong': 'cannot be verified with the key given for {serial}',
  'doctor.response.signatureWrong.remedy':
    'Download pub_key.pem again: this file is not the key of that id. Check also whether a proxy alters responses.',
  'doctor.noResponse': 'no host responded',
  'doctor.notSigned': 'nothing to sign with',
  'doctor.unproven': "cannot be decided before the response's signature is verified",
  'doctor.undecided': 'the status {status} does not decide it',
  'doctor.allRight': 'All right: {ok} checks passed.',
  'doctor.someSkipped': '{ok} checks passed; {skipped} could not be made.',
  'doctor.someWrong': '{n} wrong, {ok} right.',

  // Explain, sign, verify.
  'explain.description': 'say which mistake made a request fail with SIGN_ERROR',
  'explain.argument':
    'the request as HTTP, what curl -v printed, its header lines, or the body of the refusal; - is standard input',
  'explain.method': 'HTTP method',
  'explain.url': 'URL as requested, or its path and query',
  'explain.authorization': 'the Authorization header',
  'explain.body': 'file of the body as sent',
  'explain.meta': "file of an upload's meta as sent",
  'explain.message': 'file of the string that was signed, if a log has it',
  'explain.json': 'print a JSON line for each finding',
  'explain.help': `With the merchant's key or certificate (a profile, or --certificate) the signature is opened, and each
mistake people make is tried until one fits: what fits is certain.

Exit codes: 0 something was found · 1 nothing can be said · 2 wrong use`,
  'explain.nothing': 'error: give a capture, or --url, --authorization and --meta or --body',
  'explain.notACapture': '{file} is neither HTTP, nor what curl -v prints, nor JSON',
  'explain.holdsSecret':
    '{file} holds a private key or an APIv3 key, and is not read: what explain and verify find in a capture, they show',
  'explain.noProfile': 'environment and flags',
  'explain.keysOf': 'keys: {from}',
  'explain.uncertain': ' (not proven)',
  'explain.nothingFound': 'There is too little evidence. This would help:',
  'explain.want.authorization': '· the Authorization header (--authorization)',
  'explain.want.body': '· the body, or the meta of an upload (--body, --meta)',
  'explain.want.key': "· the merchant's certificate or key (--certificate, --profile)",
  'explain.want.response': "· the refusal's body, with detail.sign_information",
  'sign.description': 'sign a request, and show what is signed: to compare with another language',
  'sign.url': 'URL, or its path and query',
  'sign.body': 'file of what the signature covers: the body, or the meta of an upload; - is standard input',
  'sign.text': 'the same, as text',
  'sign.timestamp': 'Unix seconds (default: now)',
  'sign.nonce': 'nonce (default: random)',
  'sign.json': 'as JSON',
  'sign.message': 'Signed ({bytes} bytes)',
  'sign.signature': 'Signature',
  'sign.noKey': 'nothing to sign with: give a private key and the serial or certificate that belongs to it',
  'sign.unusable':
    'the result is not an Authorization that a service accepts: check the form of nonce, timestamp and serial',
  'verify.description': "verify a captured response with WeChat Pay's key, or a request with the merchant's",
  'verify.argument': 'HTTP as it went over the wire, or what curl -v printed; - is standard input',
  'verify.body': 'file of the body, if the capture does not have it; for an upload, its meta',
  'verify.now': 'refuse a response that is 300 s or more from this Unix time (default: any age will do)',
  'verify.json': 'as JSON',
  'verify.help': 'Exit codes: 0 valid · 1 not valid · 2 wrong use · 3 configuration or keys',
  'verify.genuine': 'the signature is valid, made with {key}',
  'verify.signatureWrong': 'the signature cannot be verified with the key given for {serial}',
  'verify.malformed':
    'the capture has no Authorization header of the right form; explain shows what is wrong',
  'verify.metaMissing': 'the signature of an upload covers only meta: give it as --body META.json',
  'verify.noKey': "nothing to verify with: give the merchant's certificate or key",

  // Completion.
  'completion.description': 'print a script that completes commands and options',
  'completion.help': `bash: source <(coupon-media completion bash)
zsh:  coupon-media completion zsh > "\${fpath[1]}/_coupon-media"`,
} as const satisfies Readonly<Record<string, string>>;

/** Every sentence of this package. */
export type MessageKey = keyof typeof en;
