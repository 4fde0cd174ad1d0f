import feign.Feign;
import feign.HeaderMap;
import feign.Headers;
import feign.Param;
import feign.RequestLine;
import feign.Response;
import feign.form.FormEncoder;
import java.io.File;
import java.util.Map;

public class Feigned {
  interface Media {
    @RequestLine("POST")
    @Headers("Content-Type: multipart/form-data")
    Response upload(@HeaderMap Map<String, Object> headers, @Param("meta") String meta, @Param("file") File file);
  }

  public static void main(String[] none) {
    Media media = Feign.builder().encoder(new FormEncoder()).target(Media.class, Given.URL);
    media.upload(Map.copyOf(Given.HEADERS), Given.META, Given.FILE).close();
  }
}
