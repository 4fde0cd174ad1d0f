import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a program is given: in its environment, so that all languages are given it alike. */
final class Given {
  static final String URL = System.getenv("TARGET");
  static final File FILE = new File(System.getenv("FILE"));
  static final String FILENAME = System.getenv("FNAME");
  static final String META = System.getenv("META");
  /** Authorization, Accept and User-Agent, or none. */
  static final Map<String, String> HEADERS = new LinkedHashMap<>();

  static {
    for (String line : System.getenv().getOrDefault("HEADERS", "").split("\n")) {
      int colon = line.indexOf(": ");
      if (colon > 0) HEADERS.put(line.substring(0, colon), line.substring(colon + 2));
    }
  }

  private Given() {}
}
