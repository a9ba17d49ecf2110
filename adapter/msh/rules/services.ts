// Which elements may share a message (R116, R117), and what RefToMessageId may name.
import { finding, holdsError, warning } from '../errors.ts';
import type { Check } from './rule.ts';

/** An error travels without Manifest or StatusResponse (R79); Warnings may ride on a business message (R78). */
export const combination: Check = ({ message }) => {
  const issues = [];
  const { errorList, manifest, statusRequest, statusResponse, acknowledgment, ackRequested } = message;
  if (holdsError(errorList) && (manifest !== undefined || statusResponse !== undefined)) {
    issues.push(
      finding('Inconsistent', '//Header/ErrorList', 'an error cannot travel with a Manifest or StatusResponse', 'R117'),
    );
  }
  if (
    statusRequest !== undefined &&
    (manifest !== undefined || errorList !== undefined || statusResponse !== undefined)
  ) {
    issues.push(finding('Inconsistent', '//Body/StatusRequest', 'a StatusRequest travels alone', 'R117'));
  }
  if (acknowledgment !== undefined && manifest === undefined && ackRequested.length > 0) {
    issues.push(
      finding('Inconsistent', '//Header/AckRequested', 'no acknowledgment can be asked of an Acknowledgment', 'R90'),
    );
  }
  return issues;
};

/** It counts all the same, by what it proves (R87, R89). */
export const acknowledgmentAlone: Check = ({ message }) =>
  message.acknowledgment === undefined
    ? undefined
    : warning('Inconsistent', '//Header/Acknowledgment', 'expected in a message of its own', 'DK-093');

/** Taken with a warning: the partner may answer a message whose record we have purged, or that went over another road (T52). */
export const knownReference: Check = ({ message, referenced }) =>
  message.header.refToMessageId !== undefined && referenced === undefined
    ? warning(
        'ValueNotRecognized',
        '//Header/MessageHeader/MessageData/RefToMessageId',
        'names no message that we sent',
        'R35',
      )
    : undefined;
