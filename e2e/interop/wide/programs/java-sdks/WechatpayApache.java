import com.wechat.pay.contrib.apache.httpclient.WechatPayHttpClientBuilder;
import com.wechat.pay.contrib.apache.httpclient.WechatPayUploadHttpPost;
import com.wechat.pay.contrib.apache.httpclient.auth.PrivateKeySigner;
import com.wechat.pay.contrib.apache.httpclient.auth.WechatPay2Credentials;
import com.wechat.pay.contrib.apache.httpclient.auth.WechatPay2Validator;
import com.wechat.pay.contrib.apache.httpclient.cert.CertificatesManager;
import com.wechat.pay.contrib.apache.httpclient.util.PemUtil;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.http.HttpHost;
import org.apache.http.util.EntityUtils;

public class WechatpayApache {
  public static void main(String[] none) throws Exception {
    try {
      var proxy = new HttpHost("127.0.0.1", Integer.parseInt(System.getProperty("https.proxyPort")));
      var post = new WechatPayUploadHttpPost.Builder(URI.create(Given.URL))
          .withImage("coupon.png", Given.sha256(), new ByteArrayInputStream(Given.image())).build();
      try (var client = builder(proxy).withProxy(proxy).build(); var response = client.execute(post)) {
        String body = EntityUtils.toString(response.getEntity());
        int status = response.getStatusLine().getStatusCode();
        Given.tell(status == 200 ? "accepted " + body : "the response itself: " + status + " " + code(body));
      }
    } catch (Exception error) {
      Given.tell(error.getClass().getSimpleName());
    }
  }

  private static WechatPayHttpClientBuilder builder(HttpHost proxy) throws Exception {
    var key = PemUtil.loadPrivateKey(new FileInputStream(Given.KEY));
    var builder = WechatPayHttpClientBuilder.create().withMerchant(Given.MCHID, Given.SERIAL, key);
    if (!Given.BY_CERTIFICATE)
      return builder.withWechatPay(Given.PUBLIC_KEY_ID, PemUtil.loadPublicKey(new FileInputStream(Given.PUBLIC_KEY)));
    CertificatesManager manager = CertificatesManager.getInstance();
    manager.setProxy(proxy);
    var credentials = new WechatPay2Credentials(Given.MCHID, new PrivateKeySigner(Given.SERIAL, key));
    manager.putMerchant(Given.MCHID, credentials, Given.APIV3_KEY.getBytes(StandardCharsets.UTF_8));
    return builder.withValidator(new WechatPay2Validator(manager.getVerifier(Given.MCHID)));
  }

  private static String code(String body) {
    return body.replaceFirst("(?s).*\"code\": ?\"([A-Z_]+)\".*", "$1");
  }
}
