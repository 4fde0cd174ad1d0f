#!/usr/bin/env bash
# The CMYK JPEG that Pillow saves is black to Apache Commons Imaging, and to pygame its red is blue and its blue red, without an error.
#
# Versions: Pillow 13.0.0, pygame-ce 2.5.8 with its own SDL2_image, opencv-python-headless 5.0.0.93 (PyPI); commons-imaging 1.0.0-alpha6,
#           twelvemonkeys imageio-jpeg 3.12.0 (Maven Central).
# Source:   T.872 6.5.3: the Adobe segment, which Pillow writes, says what four components mean; Adobe stores inks inverted. pygame's
#           documentation of image.load lists JPEG and leaves out no kind. Commons Imaging throws at the JPEGs that it does not know (progressive).
# Expected: about (200, 30, 90) and (240, 240, 30), as Pillow, OpenCV and TwelveMonkeys read them back, or an error.
# Seen:     (0, 0, 0) twice from Commons Imaging, (90, 30, 200) and (30, 240, 240) from pygame; both read the same picture in RGB rightly.

. "$(dirname "$0")/frame/frame.bash"
need java javac mvn python3
get python3 -m venv venv
get venv/bin/pip install pillow==13.0.0 pygame-ce==2.5.8 opencv-python-headless==5.0.0.93
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.commons</groupId><artifactId>commons-imaging</artifactId><version>1.0.0-alpha6</version></dependency>
    <dependency><groupId>com.twelvemonkeys.imageio</groupId><artifactId>imageio-jpeg</artifactId><version>3.12.0</version></dependency>
  </dependencies>
</project>
XML
cat >Read.java <<'JAVA'
import java.awt.image.BufferedImage;
import java.io.File;
import javax.imageio.ImageIO;
import org.apache.commons.imaging.Imaging;

class Read {
    public static void main(String[] args) throws Exception {
        File file = new File(args[1]);
        BufferedImage image = args[0].equals("commons") ? Imaging.getBufferedImage(file) : ImageIO.read(file);
        System.out.println(at(image, 8) + ", " + at(image, 24));
    }

    static String at(BufferedImage image, int x) {
        int colour = image.getRGB(x, 8);
        return ten(colour >> 16) + " " + ten(colour >> 8) + " " + ten(colour);
    }

    static long ten(int value) {
        return Math.round((value & 255) / 10.0) * 10;
    }
}
JAVA
cat >read.py <<'PY'
import sys
from PIL import Image

image = Image.new('RGB', (32, 32), (200, 30, 90))
image.paste((240, 240, 30), (16, 0, 32, 32))
image.save('rgb.jpg', quality=100, subsampling=0)
image.convert('CMYK').save('cmyk.jpg', quality=100)
reader, file = sys.argv[1:]
if reader == 'pillow':
    at = lambda x: Image.open(file).convert('RGB').getpixel((x, 8))
elif reader == 'opencv':
    import cv2
    at = lambda x: cv2.imread(file)[8, x][::-1]
else:
    import pygame
    at = lambda x: pygame.image.load(file).get_at((x, 8))[:3]
print(', '.join(' '.join(str(round(int(value) / 10) * 10) for value in at(x)) for x in (8, 24)))
PY
get mvn -q dependency:build-classpath -Dmdep.outputFile=classpath
get javac -cp "$(cat classpath)" Read.java
python() { PYGAME_HIDE_SUPPORT_PROMPT=1 venv/bin/python read.py "$@" 2>/dev/null; }
java_() { java -cp ".:$(cat classpath)" Read "$@" 2>/dev/null; }
right='200 30 90, 240 240 30'
for reader in pillow opencv; do sees "$reader, CMYK, to the next ten" "$right" "$(python $reader cmyk.jpg)"; done
sees 'TwelveMonkeys, CMYK' "$right" "$(java_ twelvemonkeys cmyk.jpg)"
sees 'pygame, RGB' "$right" "$(python pygame rgb.jpg)"
sees 'Commons Imaging, RGB' "$right" "$(java_ commons rgb.jpg)"
sees 'pygame, CMYK' '90 30 200, 30 240 240' "$(python pygame cmyk.jpg)"
sees 'Commons Imaging, CMYK' '0 0 0, 0 0 0' "$(java_ commons cmyk.jpg)"
