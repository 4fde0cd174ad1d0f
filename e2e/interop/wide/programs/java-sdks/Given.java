import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** What an SDK is given: in its environment, so that all languages are given it alike. */
final class Given {
  static final String URL = "https://api.mch.weixin.qq.com/v3/marketing/partner/product-coupon/media/upload-image";
  static final String MCHID = System.getenv("MCHID");
  static final String SERIAL = System.getenv("SERIAL");
  static final String KEY = System.getenv("KEY");
  static final String APIV3_KEY = System.getenv("APIV3_KEY");
  static final String PUBLIC_KEY_ID = System.getenv("PUBLIC_KEY_ID");
  static final String PUBLIC_KEY = System.getenv("PUBLIC_KEY");
  static final boolean BY_CERTIFICATE = "certificate".equals(System.getenv("MODE"));

  private Given() {}

  static byte[] image() throws Exception {
    return Files.readAllBytes(Path.of(System.getenv("FILE")));
  }

  /** The digest that meta is to name: another one if a refusal is wanted. */
  static String sha256() throws Exception {
    if ("refused".equals(System.getenv("STEP"))) return "0".repeat(64);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image()));
  }

  /** Ends the program, whatever threads the SDK has left behind. */
  static void tell(String words) {
    System.out.println("TOLD " + words.replace('\n', ' '));
    System.exit(0);
  }
}
