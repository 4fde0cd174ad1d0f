import com.github.binarywang.wxpay.config.WxPayConfig;
import com.github.binarywang.wxpay.exception.WxPayException;
import com.github.binarywang.wxpay.service.impl.WxPayServiceImpl;
import com.github.binarywang.wxpay.v3.WechatPayUploadHttpPost;
import java.io.ByteArrayInputStream;
import java.net.URI;

public class WxJava {
  public static void main(String[] none) throws Exception {
    try {
      var config = new WxPayConfig();
      config.setMchId(Given.MCHID);
      config.setApiV3Key(Given.APIV3_KEY);
      config.setCertSerialNo(Given.SERIAL);
      config.setPrivateKeyPath(Given.KEY);
      config.setPrivateCertPath(System.getenv("CERTIFICATE"));
      if (!Given.BY_CERTIFICATE) {
        config.setPublicKeyId(Given.PUBLIC_KEY_ID);
        config.setPublicKeyPath(Given.PUBLIC_KEY);
      }
      config.setHttpProxyHost("127.0.0.1");
      config.setHttpProxyPort(Integer.parseInt(System.getProperty("https.proxyPort")));
      var service = new WxPayServiceImpl();
      service.setConfig(config);
      var post = new WechatPayUploadHttpPost.Builder(URI.create(Given.URL))
          .withImage("coupon.png", Given.sha256(), new ByteArrayInputStream(Given.image())).build();
      Given.tell("accepted " + service.postV3(Given.URL, post));
    } catch (WxPayException refusal) {
      Given.tell("WxPayException: " + refusal.getErrCode() + " " + refusal.getReturnMsg() + " " + refusal.getCustomErrorMsg());
    } catch (Exception error) {
      Given.tell(error.getClass().getSimpleName() + " " + error.getMessage());
    }
  }
}
