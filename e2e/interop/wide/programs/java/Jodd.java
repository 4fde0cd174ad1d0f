import jodd.http.HttpRequest;

public class Jodd {
  public static void main(String[] none) {
    HttpRequest request = HttpRequest.post(Given.URL).form("meta", Given.META, "file", Given.FILE);
    Given.HEADERS.forEach((name, value) -> request.headerOverwrite(name, value));
    request.send().bodyText();
  }
}
