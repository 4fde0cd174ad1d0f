import io.vertx.core.MultiMap;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.multipart.MultipartForm;

public class Vertx {
  public static void main(String[] none) throws Exception {
    var vertx = io.vertx.core.Vertx.vertx();
    var form = MultipartForm.create().attribute("meta", Given.META)
        .binaryFileUpload("file", Given.FILENAME, Given.FILE.getPath(), "image/png");
    var headers = MultiMap.caseInsensitiveMultiMap().addAll(Given.HEADERS);
    WebClient.create(vertx).postAbs(Given.URL).putHeaders(headers).sendMultipartForm(form)
        .toCompletionStage().toCompletableFuture().get();
    System.exit(0);
  }
}
