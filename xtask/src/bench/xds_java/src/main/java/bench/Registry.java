package bench;

import static org.openehealth.ipf.platform.camel.ihe.xds.XdsCamelValidators.iti18RequestValidator;
import static org.openehealth.ipf.platform.camel.ihe.xds.XdsCamelValidators.iti41RequestValidator;

import jakarta.activation.DataHandler;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.AvailabilityStatus;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.DocumentEntry;
import org.openehealth.ipf.commons.ihe.xds.core.requests.ProvideAndRegisterDocumentSet;
import org.openehealth.ipf.commons.ihe.xds.core.requests.QueryRegistry;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.FindDocumentsQuery;
import org.openehealth.ipf.commons.ihe.xds.core.responses.QueryResponse;
import org.openehealth.ipf.commons.ihe.xds.core.responses.Response;
import org.openehealth.ipf.commons.ihe.xds.core.responses.Status;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Component;

/** ITI-41 and ITI-18 FindDocuments, everything in maps: nothing is durable, no rule needs rows. */
@SpringBootApplication
public class Registry {
    public static void main(String[] arguments) {
        SpringApplication.run(Registry.class, arguments);
    }

    @Component
    static class Routes extends RouteBuilder {
        private final Map<String, Queue<DocumentEntry>> entries = new ConcurrentHashMap<>();
        private final Map<String, byte[]> documents = new ConcurrentHashMap<>();

        @Override
        public void configure() {
            from("xds-iti41:xds-iti41?audit=false").process(iti41RequestValidator()).process(this::provide);
            from("xds-iti18:xds-iti18?audit=false").process(iti18RequestValidator()).process(this::find);
        }

        private void provide(Exchange exchange) throws Exception {
            var request = exchange.getIn().getBody(ProvideAndRegisterDocumentSet.class);
            for (var document : request.getDocuments()) {
                var bytes = document.getContent(DataHandler.class).getInputStream().readAllBytes();
                var entry = document.getDocumentEntry();
                var hash = MessageDigest.getInstance("SHA-1").digest(bytes);
                entry.setHash(HexFormat.of().formatHex(hash));
                entry.setSize((long) bytes.length);
                entry.setRepositoryUniqueId("1.2.3");
                entry.setAvailabilityStatus(AvailabilityStatus.APPROVED);
                documents.put(entry.getUniqueId(), bytes);
                var patient = entry.getPatientId().getId();
                entries.computeIfAbsent(patient, key -> new ConcurrentLinkedQueue<>()).add(entry);
            }
            exchange.getMessage().setBody(new Response(Status.SUCCESS));
        }

        private void find(Exchange exchange) {
            var query = (FindDocumentsQuery) exchange.getIn().getBody(QueryRegistry.class).getQuery();
            var found = entries.getOrDefault(query.getPatientId().getId(), new ConcurrentLinkedQueue<>());
            var response = new QueryResponse(Status.SUCCESS);
            response.setDocumentEntries(List.copyOf(found));
            exchange.getMessage().setBody(response);
        }
    }
}
