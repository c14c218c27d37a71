import type { PlainTranslation } from "../plain-translation.ts";

export const hi: PlainTranslation = {
  page: {
    scheduledText: "खुलने का समय: {opening}। यह पेज अपने आप फिर देखेगा।",
    scheduledTextUnknown: "यह जल्द खुलेगी। यह पेज अपने आप फिर देखेगा।",
    scheduledLabel: "खुलने में बाकी समय (पेज लोड होने पर)",
    scheduledDue: "कुछ ही क्षण",
    joinFromText: "शामिल होने की शुरुआत: {from}।",
    openUntil: "शामिल होने का अंतिम समय: {closing}।",
    waitingScheduled: "कतार खुलने का समय: {opening}। तभी आपको अपना स्थान मिलेगा।",
    turnLabel: "बाकी समय (पेज लोड होने पर)",
    turnUntil: "{end} तक",
    connectionPolling: "अपने आप फिर लोड होता है",
    tokenText: "इसे कॉपी करके दुकान में चिपकाएँ। यह पेज हर बार लोड होने पर नया कोड देता है, जो एक मिनट तक मान्य है।",
  },
  own: {
    times: "समय {zone} के अनुसार हैं।",
    footer: "यह पेज JavaScript के बिना चलता है। यह आपका स्थान इसी पते पर इस ब्राउज़र की कुकी में रखता है।",
    cookiesTitle: "आपके ब्राउज़र ने हमारी कुकी नहीं भेजी",
    cookiesText:
      "इसके बिना यह पता नहीं चल सकता कि कोई स्थान आपका है। इस पेज के लिए कुकी की अनुमति दें, वापस जाएँ और फिर कोशिश करें।",
    foreignTitle: "यह अनुरोध इस पेज से नहीं आया",
    foreignText: "कुछ नहीं किया गया। कतार का पेज खोलें और वहाँ कोशिश करें।",
    back: "कतार के पेज पर जाएँ",
  },
};
