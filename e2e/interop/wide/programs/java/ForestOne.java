import com.dtflys.forest.Forest;

public class ForestOne {
  public static void main(String[] none) {
    var request = Forest.post(Given.URL).contentTypeMultipartFormData().addBody("meta", Given.META).addFile("file", Given.FILE);
    Given.HEADERS.forEach(request::addHeader);
    request.executeAsString();
    System.exit(0);
  }
}
