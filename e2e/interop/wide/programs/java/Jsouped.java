import java.io.FileInputStream;
import org.jsoup.Connection.Method;
import org.jsoup.Jsoup;

public class Jsouped {
  public static void main(String[] none) throws Exception {
    var request = Jsoup.connect(Given.URL).method(Method.POST).ignoreContentType(true).ignoreHttpErrors(true)
        .data("meta", Given.META).data("file", Given.FILENAME, new FileInputStream(Given.FILE));
    Given.HEADERS.forEach(request::header);
    request.execute().body();
  }
}
