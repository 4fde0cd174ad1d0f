// Uploads one image of a product coupon and prints its image_url. Needs Java 17 or later, and nothing but the JDK.
// usage: java UploadImage.java IMAGE   (../README.md describes the environment)

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

public class UploadImage {
    private static final String PATH = "/v3/marketing/partner/product-coupon/media/upload-image";

    private final String baseUrl;
    private final String mchid;
    private final String certificateSerialNo;
    private final PrivateKey privateKey;
    private final String wechatPayPublicKeyId;
    private final PublicKey wechatPayPublicKey;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    public static void main(String[] args) throws Exception {
        try {
            if (args.length != 1) throw new Failure("usage: java UploadImage.java IMAGE");
            System.out.println(new UploadImage().upload(Path.of(args[0])));
        } catch (Failure failure) {
            System.err.println(failure.getMessage());
            System.exit(1);
        } catch (InvalidPathException unreadable) {
            System.err.println("the locale has no such characters, set LC_ALL=C.UTF-8: " + unreadable.getMessage());
            System.exit(1);
        }
    }

    UploadImage() throws Failure {
        baseUrl = Optional.ofNullable(System.getenv("COUPON_MEDIA_BASE_URL")).orElse("https://api.mch.weixin.qq.com");
        mchid = setting("COUPON_MEDIA_MCHID");
        certificateSerialNo = setting("COUPON_MEDIA_CERTIFICATE_SERIAL_NO");
        privateKey = key("COUPON_MEDIA_PRIVATE_KEY", "PRIVATE KEY",
                (keys, der) -> keys.generatePrivate(new PKCS8EncodedKeySpec(der)));
        wechatPayPublicKeyId = setting("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID");
        wechatPayPublicKey = key("COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY", "PUBLIC KEY",
                (keys, der) -> keys.generatePublic(new X509EncodedKeySpec(der)));
    }

    String upload(Path image) throws Failure, GeneralSecurityException, InterruptedException {
        byte[] bytes = read(image);
        String name = image.getFileName().toString();
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        // This one text is signed and sent. A program with a JSON library serialises once, and keeps the result.
        String meta = "{\"filename\":\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\",\"sha256\":\"" + sha256 + "\"}";
        String boundary = nonce();
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + PATH))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", authorization(meta))
                .header("Accept", "application/json")
                .header("User-Agent", "coupon-media-sample-java")
                .header("Wechatpay-Serial", wechatPayPublicKeyId)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form(boundary, meta, name, bytes)))
                .build();
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        } catch (IOException error) {
            throw new Failure("no response from " + baseUrl + ": " + error);
        }
        if (response.statusCode() != 200) throw refusal(response);
        verify(response);
        return field(response.body(), "image_url");
    }

    /** The samples on the page sign an empty body. The signature of an upload covers the text of meta. */
    private String authorization(String meta) throws GeneralSecurityException {
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        String nonce = nonce();
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(privateKey);
        signer.update(String.join("\n", "POST", PATH, timestamp, nonce, meta, "").getBytes(UTF_8));
        String signature = Base64.getEncoder().encodeToString(signer.sign());
        return "WECHATPAY2-SHA256-RSA2048 mchid=\"%s\",nonce_str=\"%s\",signature=\"%s\",timestamp=\"%s\",serial_no=\"%s\""
                .formatted(mchid, nonce, signature, timestamp, certificateSerialNo);
    }

    private static byte[] form(String boundary, String meta, String name, byte[] bytes) {
        // A quotation mark or a line break would end the name.
        String filename = name.replaceAll("[\"\r\n]", "_");
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"meta\"\r\n"
                + "Content-Type: application/json\r\n\r\n" + meta + "\r\n"
                + "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + filename + "\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n").getBytes(UTF_8));
        form.writeBytes(bytes);
        form.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
        return form.toByteArray();
    }

    /** Without this check, whoever is between you and WeChat Pay could give you any URL. */
    private void verify(HttpResponse<String> response) throws Failure, GeneralSecurityException {
        String serial = header(response, "Wechatpay-Serial");
        String timestamp = header(response, "Wechatpay-Timestamp");
        if (!serial.equals(wechatPayPublicKeyId)) throw untrusted(response, "it is signed with the key \"" + serial + "\"");
        if (!timestamp.matches("\\d{1,12}") || Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) >= 300)
            throw untrusted(response, "its time is \"" + timestamp + "\"");
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(wechatPayPublicKey);
        verifier.update(String.join("\n", timestamp, header(response, "Wechatpay-Nonce"), response.body(), "").getBytes(UTF_8));
        if (!isSignature(verifier, header(response, "Wechatpay-Signature"))) throw untrusted(response, "its signature is wrong");
    }

    private static boolean isSignature(Signature verifier, String base64) {
        try {
            return verifier.verify(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException | GeneralSecurityException notOne) {
            return false;
        }
    }

    private static Failure refusal(HttpResponse<String> response) {
        String code = field(response.body(), "code");
        String what = code == null ? "no response of WeChat Pay" : code + ": " + field(response.body(), "message");
        return new Failure("%s (HTTP %d, Request-ID %s)".formatted(what, response.statusCode(), header(response, "Request-ID")));
    }

    private static Failure untrusted(HttpResponse<String> response, String why) {
        return new Failure("untrusted response: %s (HTTP %d, Request-ID %s)"
                .formatted(why, response.statusCode(), header(response, "Request-ID")));
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The JDK reads no JSON. This finds a text of a flat object, and is no replacement for a library. */
    private static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(json);
        return found.find() ? found.group(1).replaceAll("\\\\([\"\\\\/])", "$1") : null;
    }

    private static String nonce() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static String setting(String name) throws Failure {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) throw new Failure(name + " is not set");
        return value;
    }

    private interface Reader<K> {
        K read(KeyFactory keys, byte[] der) throws GeneralSecurityException;
    }

    private static <K> K key(String name, String kind, Reader<K> reader) throws Failure {
        Path file = Path.of(setting(name));
        String pem = new String(read(file), UTF_8);
        Matcher block = Pattern.compile("-----BEGIN " + kind + "-----([^-]+)-----END " + kind + "-----").matcher(pem);
        try {
            if (block.find()) return reader.read(KeyFactory.getInstance("RSA"), Base64.getMimeDecoder().decode(block.group(1)));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            // Said below.
        }
        throw new Failure(name + ": " + file + " has no RSA key between the lines BEGIN " + kind + " and END " + kind);
    }

    private static byte[] read(Path file) throws Failure {
        try {
            return Files.readAllBytes(file);
        } catch (IOException error) {
            throw new Failure("cannot read " + file + ": " + error);
        }
    }

    private static class Failure extends Exception {
        Failure(String message) {
            super(message);
        }
    }
}
