import kong.unirest.core.Unirest;

public class Uni {
  public static void main(String[] none) {
    Unirest.post(Given.URL).headers(Given.HEADERS).field("meta", Given.META).field("file", Given.FILE).asString();
    System.exit(0);
  }
}
