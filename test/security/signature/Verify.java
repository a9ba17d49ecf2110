// The JDK's XML signature validation over a folder of messages: `java Verify.java FOLDER` prints a verdict for each.
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.crypto.Data;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.URIDereferencer;
import javax.xml.crypto.URIReference;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.URIReferenceException;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class Verify {
  static final String EB = "http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd";

  public static void main(String[] args) throws Exception {
    letSha1Through();
    try (var folders = Files.list(Path.of(args[0]))) {
      for (Path message : (Iterable<Path>) folders.sorted()::iterator) {
        System.out.println(message.getFileName() + " " + (verifies(message) ? "takes" : "refuses"));
      }
    }
  }

  /** Its own policy refuses SHA-1 from version 17 on; what a signature proves is another question. */
  static void letSha1Through() {
    String name = "jdk.xml.dsig.secureValidationPolicy";
    String policy = Security.getProperty(name);
    if (policy == null) return;
    var kept = Arrays.stream(policy.split(",")).filter(rule -> !rule.strip().endsWith("sha1"));
    Security.setProperty(name, kept.collect(Collectors.joining(",")));
  }

  /** What cannot be read from the folder is an error of this run; all that comes after that is a refusal. */
  static boolean verifies(Path message) throws Exception {
    byte[] envelope = Files.readAllBytes(message.resolve("envelope.xml"));
    Map<String, byte[]> parts = partsOf(message);
    PublicKey key;
    try (InputStream in = Files.newInputStream(message.resolve("certificate.pem"))) {
      key = CertificateFactory.getInstance("X.509").generateCertificate(in).getPublicKey();
    }
    return verifies(envelope, parts, key);
  }

  static boolean verifies(byte[] envelope, Map<String, byte[]> parts, PublicKey key) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      Document document = builder.parse(new ByteArrayInputStream(envelope));
      NodeList headers = document.getElementsByTagNameNS(EB, "MessageHeader");
      for (int i = 0; i < headers.getLength(); i += 1) {
        Element header = (Element) headers.item(i);
        if (header.hasAttribute("Id")) header.setIdAttribute("Id", true);
      }
      NodeList signatures = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
      if (signatures.getLength() == 0) return false;
      DOMValidateContext context = new DOMValidateContext(KeySelector.singletonKeySelector(key), signatures.item(0));
      XMLSignatureFactory signing = XMLSignatureFactory.getInstance("DOM");
      context.setURIDereferencer(new Parts(parts, signing.getURIDereferencer()));
      return signing.unmarshalXMLSignature(context).validate(context);
    } catch (Exception | StackOverflowError refused) {
      return false;
    }
  }

  /** A line for each part: its file, a space, its URI. */
  static Map<String, byte[]> partsOf(Path message) throws Exception {
    Map<String, byte[]> parts = new HashMap<>();
    List<String> lines = Files.readAllLines(message.resolve("parts"), StandardCharsets.UTF_8);
    for (String line : lines) {
      int space = line.indexOf(' ');
      parts.put(line.substring(space + 1), Files.readAllBytes(message.resolve(line.substring(0, space))));
    }
    return parts;
  }

  record Parts(Map<String, byte[]> parts, URIDereferencer own) implements URIDereferencer {
    @Override
    public Data dereference(URIReference reference, XMLCryptoContext context) throws URIReferenceException {
      String uri = reference.getURI();
      byte[] part = uri == null ? null : parts.get(uri);
      if (part != null) return new OctetStreamData(new ByteArrayInputStream(part));
      if (uri != null && uri.startsWith("cid:")) throw new URIReferenceException("no such part");
      if (uri != null && !uri.isEmpty() && !uri.startsWith("#")) throw new URIReferenceException("nothing is fetched");
      return own.dereference(reference, context);
    }
  }
}
