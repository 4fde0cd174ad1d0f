import com.github.mizosoft.methanol.Methanol;
import com.github.mizosoft.methanol.MultipartBodyPublisher;
import com.github.mizosoft.methanol.MutableRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Methanolic {
  public static void main(String[] none) throws Exception {
    var form = MultipartBodyPublisher.newBuilder().textPart("meta", Given.META).filePart("file", Given.FILE.toPath()).build();
    var request = MutableRequest.POST(Given.URL, form);
    Given.HEADERS.forEach(request::header);
    Methanol.create().send(request, BodyHandlers.ofString());
    System.exit(0);
  }
}
