import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.MultiPartRequestContent;
import org.eclipse.jetty.client.PathRequestContent;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.http.MultiPart;

public class Jetty {
  public static void main(String[] none) throws Exception {
    HttpClient client = new HttpClient();
    client.start();
    MultiPartRequestContent form = new MultiPartRequestContent();
    form.addPart(new MultiPart.ContentSourcePart("meta", null, null, new StringRequestContent(Given.META)));
    form.addPart(new MultiPart.ContentSourcePart("file", Given.FILENAME, null, new PathRequestContent("image/png", Given.FILE.toPath())));
    form.close();
    client.POST(Given.URL).headers(all -> Given.HEADERS.forEach(all::put)).body(form).send();
    client.stop();
  }
}
