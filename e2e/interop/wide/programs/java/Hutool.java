import cn.hutool.http.HttpRequest;

public class Hutool {
  public static void main(String[] none) {
    HttpRequest.post(Given.URL).addHeaders(Given.HEADERS).form("meta", Given.META).form("file", Given.FILE).execute().body();
  }
}
